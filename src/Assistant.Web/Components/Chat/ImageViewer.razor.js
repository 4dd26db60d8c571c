// A click on something with data-enlarge opens the picture; a click anywhere, or Escape, closes it.
export function attach(dialog) {
  const image = dialog.querySelector("img");
  document.addEventListener("click", event => {
    const source = event.target.closest("[data-enlarge]");
    if (!source || !dialog.isConnected)
      return;
    image.src = source.dataset.enlarge;
    image.alt = source.dataset.name;
    dialog.showModal();
  });
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => image.removeAttribute("src"));
}
