"""Senders: each knows how one channel is spoken, and nothing of complaints.

A new channel is one module here that keeps the contract of ``base``, one line in ``registry``, and
its tests.
"""
