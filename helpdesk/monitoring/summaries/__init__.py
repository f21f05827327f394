"""Summaries for leadership: a month, quarter or year on paper and as a workbook, numbered and kept.

A summary is asked for (``asking``), its figures are gathered once and stored on its row
(``gathering``, ``facts``), and everything people see of it is drawn from those stored figures: the
PDF and the page (``drawing``), the workbook (``workbook``). The worker builds it (``building``);
``schedule`` asks for one each month and tells the people who are named.

Not here: counting. Figures come from ``monitoring.figures``, the same that the overview shows. Floor 5,
like the package around it.
"""
