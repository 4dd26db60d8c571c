// Blazor keeps trying by itself; this covers what it leaves to the page.
const modal = document.getElementById("components-reconnect-modal");

async function retry() {
  try {
    // false: the server runs but has forgotten this page. Chats are stored there, and the composer keeps what was not sent.
    if (!await Blazor.reconnect())
      location.reload();
  } catch {
    // still unreachable: the button stays
  }
}

new MutationObserver(() => {
  if (modal.classList.contains("components-reconnect-rejected"))
    location.reload();
}).observe(modal, { attributes: true, attributeFilter: ["class"] });

document.getElementById("reconnect-retry").addEventListener("click", retry);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && modal.classList.contains("components-reconnect-failed"))
    retry();
});
