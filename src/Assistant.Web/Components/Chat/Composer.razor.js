// Keys, and files that are chosen, dropped or pasted. Files go to the server over HTTP, each with its own progress and its own error.

let counter = 0;

export async function attach(form, composer, maximumBytes) {
  const end = new AbortController();
  const on = (target, type, handler) => target.addEventListener(type, handler, { signal: end.signal });
  const textarea = form.querySelector("textarea");
  const drop = form.parentElement.querySelector("[data-drop]");
  form.end = end;

  const add = files => [...files].forEach(file => upload(form, composer, file, maximumBytes));

  on(form.querySelector("input[type=file]"), "change", event => {
    add(event.target.files);
    event.target.value = ""; // the same file may be chosen again
    textarea.focus();
  });

  on(textarea, "keydown", event => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing)
      return;
    event.preventDefault();
    if (!form.querySelector("[data-stop]"))
      form.requestSubmit();
  });

  on(document, "keydown", event => {
    if (event.key === "Escape" && !event.isComposing && !document.querySelector("dialog[open]") && !event.target.closest("[data-takes-escape]"))
      form.querySelector("[data-stop]")?.click();
  });

  on(document, "paste", event => {
    if (!event.clipboardData?.files.length)
      return;
    event.preventDefault();
    add(event.clipboardData.files);
  });

  // dragenter and dragleave come for every element on the way: only their balance says whether the pointer is still over the page.
  let depth = 0;
  const show = change => drop.classList.toggle("shown", (depth = change) > 0);
  const brings = event => event.dataTransfer?.types.includes("Files");
  on(document, "dragenter", event => brings(event) && show(depth + 1));
  on(document, "dragleave", event => brings(event) && show(Math.max(0, depth - 1)));
  on(document, "dragover", event => brings(event) && event.preventDefault());
  on(document, "drop", event => {
    if (!brings(event))
      return;
    event.preventDefault();
    show(0);
    add(event.dataTransfer.files);
    textarea.focus();
  });

  // Browsers without field-sizing do not let the field grow by style alone.
  if (!CSS.supports("field-sizing", "content"))
    on(textarea, "input", () => textarea.rows = Math.min(8, textarea.value.split("\n").length));

  // The page may be loaded anew at any time, by its user or because the server forgot it; a tab that is discarded is hidden before.
  on(window, "pagehide", () => keep(form));
  on(document, "visibilitychange", () => document.visibilityState === "hidden" ? keep(form) : store(null));
  await restore(composer);

  if (matchMedia("(pointer: fine)").matches)
    textarea.focus(); // on a phone this would open the keyboard over the page
  form.dataset.ready = ""; // files can be dropped and pasted from now on
}

export function detach(form) {
  form?.end?.abort();
}

// One draft for the tab, not one for each chat: what was written stays in the field when another chat is opened, too.
const draftKey = "draft";

function keep(form) {
  const text = form.querySelector("textarea").value;
  const images = [...form.querySelectorAll("[data-hash]")].map(upload => ({ hash: upload.dataset.hash, name: upload.dataset.name }));
  store(text || images.length ? JSON.stringify({ text, images }) : null);
}

async function restore(composer) {
  const draft = store(null);
  if (!draft)
    return;
  const { text, images } = JSON.parse(draft);
  await composer.invokeMethodAsync("RestoreDraft", text, images);
}

/** Keeps a draft, or none, and returns the one before. */
function store(draft) {
  try {
    const before = sessionStorage.getItem(draftKey);
    if (draft === null)
      sessionStorage.removeItem(draftKey);
    else
      sessionStorage.setItem(draftKey, draft);
    return before;
  } catch {
    return null; // a browser may be told to store nothing
  }
}

async function upload(form, composer, file, maximumBytes) {
  const id = `u${++counter}`;
  await composer.invokeMethodAsync("AddFile", id, file.name || "Pasted picture");
  const fail = message => composer.invokeMethodAsync("FileFailed", id, message);
  if (file.size > maximumBytes)
    return fail(`is larger than ${maximumBytes / 1024 / 1024} MB.`);

  const request = new XMLHttpRequest(); // fetch has no upload progress
  request.open("POST", "images");
  request.responseType = "json";
  request.upload.onprogress = event => {
    const bar = form.querySelector(`[data-upload="${id}"] progress`);
    if (bar && event.lengthComputable)
      bar.value = 100 * event.loaded / event.total;
  };
  request.onload = () => request.status === 200
    ? composer.invokeMethodAsync("FileUploaded", id, request.response.hash)
    : fail(request.response?.error ?? `could not be uploaded (HTTP ${request.status}).`);
  request.onerror = () => fail("could not be uploaded: the server cannot be reached.");
  request.send(file);
}
