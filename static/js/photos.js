// Photographs are made smaller before they are sent: a weak signal carries 300 kB, not 6 MB. Drawing them anew
// also leaves the place and the phone's name behind; the server does both again for those who come without script.
// An input asks for it with data-shrink.

const LONGEST_SIDE = 1920; // pixels; enough to read a receipt
const SMALL_ENOUGH = 400_000; // bytes
const QUALITY = 0.85;

/** A smaller JPEG of `file`, or `file` itself when it is no photograph, small already, or unreadable here. */
async function shrink(file) {
  if (!/^image\/(jpeg|png|webp)$/.test(file.type) || file.size <= SMALL_ENOUGH) return file;
  let picture;
  try {
    picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return file; // the server will say what is wrong with it
  }
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
  if (!blob || blob.size >= file.size) return file;
  return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
}

/** "212 kB" or "1.4 MB", written as the page's language writes numbers. */
function size(bytes) {
  const inMegabytes = bytes >= 1_000_000;
  const figure = inMegabytes ? bytes / 1_000_000 : bytes / 1000;
  const digits = { maximumFractionDigits: inMegabytes ? 1 : 0 };
  return `${figure.toLocaleString(document.documentElement.lang, digits)} ${inMegabytes ? "MB" : "kB"}`;
}

/** What will be said of `file` when it arrives, said before it is sent. */
function refusal(file, { most, tooHeavy, mostOfSound, soundTooHeavy }) {
  const isSound = file.type.startsWith("audio/");
  if (!(file.size > Number(isSound ? mostOfSound : most))) return "";
  const said = document.createElement("b");
  said.className = "late-ink";
  said.textContent = isSound ? soundTooHeavy : tooHeavy;
  return said;
}

/** List what was chosen under the control, so that one sees it is there. */
function list(input) {
  const frame = input.closest(".drop") ?? input;
  let told = frame.nextElementSibling;
  if (!told?.matches(".chosen-files")) {
    told = document.createElement("div"); // it speaks; the list within stays a list
    told.className = "chosen-files";
    told.setAttribute("role", "status");
    told.append(document.createElement("ul"));
    told.firstChild.className = "thumbs";
    frame.after(told);
  }
  const names = told.firstChild;
  names.replaceChildren(
    ...[...input.files].map((file) => {
      const item = document.createElement("li");
      item.className = "thumb";
      item.textContent = `${file.name} · ${size(file.size)}`;
      item.append(refusal(file, input.dataset));
      return item;
    }),
  );
}

/** Replace the chosen files by their smaller selves; sending waits for it. */
async function take(input) {
  const form = input.form;
  const sending = [...(form?.elements ?? [])].filter((at) => at.type === "submit");
  sending.forEach((button) => (button.disabled = true));
  try {
    const chosen = new DataTransfer();
    for (const file of input.files) chosen.items.add(await shrink(file));
    input.files = chosen.files;
  } finally {
    sending.forEach((button) => (button.disabled = false));
    list(input);
  }
}

for (const input of document.querySelectorAll("input[type=file][data-shrink]")) {
  list(input); // empty as yet, for screen readers and for the sheet, which lets our list speak in the control's place
  input.addEventListener("change", () => take(input));
}
