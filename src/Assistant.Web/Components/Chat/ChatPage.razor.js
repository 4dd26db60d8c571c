// Keeps the newest text in sight while it grows, unless the reader has scrolled up; and copies answers.

const near = 60; // px from the end that still count as "at the end"

export function attach(scroller) {
  const latest = scroller.parentElement.querySelector("[data-latest]");
  let follows = true;

  const isAtEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < near;
  const show = () => latest.classList.toggle("shown", !isAtEnd());

  scroller.addEventListener("scroll", () => {
    follows = isAtEnd();
    show();
  }, { passive: true });
  latest.addEventListener("click", () => scroller.scrollTo({ top: scroller.scrollHeight, behavior: "smooth" }));
  scroller.follow = () => {
    follows = true;
    scroller.scrollTop = scroller.querySelector("[role=log]") ? scroller.scrollHeight : 0;
    show();
  };

  new ResizeObserver(() => {
    if (follows && scroller.querySelector("[role=log]")) // an introduction is read from its beginning
      scroller.scrollTop = scroller.scrollHeight;
    show();
  }).observe(scroller.firstElementChild);
  scroller.follow();
}

export function toEnd(scroller) {
  scroller.follow?.();
}

document.addEventListener("click", async event => {
  const button = event.target.closest("[data-copy]");
  if (!button)
    return;
  await copy(button.closest("article").querySelector("[data-text]").innerText);
  button.classList.add("done");
  setTimeout(() => button.classList.remove("done"), 1500);
});

async function copy(text) {
  if (navigator.clipboard)
    return navigator.clipboard.writeText(text);
  // Without https the clipboard API is there for localhost alone; from another machine only the old way works.
  const area = document.createElement("textarea");
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
