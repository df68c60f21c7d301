// A part of the page that others change: <div data-live="address of the part">. It is fetched every two seconds while
// the page is looked at, and swapped in when it differs; focus stays where it is. Two words of its own are announced:
// data-more and data-fewer, by the data-count inside. What is empty beside it (data-live-fills, an id) is filled with the
// first that comes; once something stands there, only the person in front of it takes it away.
const EVERY = 2000;
const said = document.getElementById("live-said");
const countIn = (part) => Number(part.querySelector("[data-count]")?.dataset.count ?? 0);

function swap(part, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  if (fresh.content.textContent === part.textContent) return;
  const more = countIn(fresh.content) - countIn(part);
  const link = part.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  part.replaceChildren(fresh.content);
  if (link) (part.querySelector(`a[href="${CSS.escape(link)}"]`) ?? part.querySelector("a"))?.focus();
  if (said && more) said.textContent = more > 0 ? part.dataset.more : part.dataset.fewer;
}

async function fill(id) {
  const response = await fetch(location.href, { redirect: "error" }).catch(() => null);
  if (!response?.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.getElementById(id).replaceWith(page.getElementById(id));
}

async function look(part) {
  let pause = EVERY;
  const beside = document.getElementById(part.dataset.liveFills);
  if (!document.hidden) {
    const response = await fetch(part.dataset.live, { redirect: "error" }).catch(() => null);
    if (response?.ok) {
      swap(part, await response.text());
      if (beside && "empty" in beside.dataset && countIn(part)) await fill(beside.id);
    } else pause = 5 * EVERY;
  }
  setTimeout(look, pause, part);
}

for (const part of document.querySelectorAll("[data-live]")) setTimeout(look, EVERY, part);
