// The lumpers' pass: a card is dragged into its category, or a key is pressed on it. It is saved at once, and the next
// card is at hand. The list on each card with its Save does the same without this.
const form = document.getElementById("cards");
const bins = [...document.querySelectorAll("[data-bin]")];
const said = document.getElementById("said");
const left = document.getElementById("left");
const again = said?.querySelector("button");
let dragged = null;
let last = null;

const cards = () => [...form.querySelectorAll("[data-card]:not([hidden])")];
const say = (words, undo) => {
  said.firstElementChild.textContent = words;
  again.hidden = !undo;
};
const count = (element, by) => {
  const number = Math.max(0, Number(element?.textContent || 0) + by);
  if (element) element.textContent = element === left || number ? number : "";
};
// A card whose verdict is known already is sent with its category, and lies nowhere then.
const shift = (card, from, to) => {
  for (const [code, by] of [[from, -1], [to, 1]]) {
    const bin = bins.find((one) => one.dataset.bin === code);
    if (bin && !card.dataset.said) count(bin.querySelector("b"), by);
    else if (!code) count(left, by);
  }
  const goes = to !== (card.dataset.home ??= card.dataset.was);
  card.hidden = card.parentElement.hidden = goes;
  // What is put is saved already: its list says where it was, and goes with no form.
  card.querySelector("select").disabled = goes;
  card.dataset.was = to;
};

async function send(card, category) {
  const body = new URLSearchParams({ put: `${card.dataset.card}:${category}`, undo: "1" });
  body.set("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  const headers = { Accept: "application/json" };
  const response = await fetch(location.href, { method: "POST", body, headers, redirect: "error" }).catch(() => null);
  if (response?.status === 409) return (await response.json()).said;
  return response?.ok ? "" : again.dataset.failed;
}

async function put(card, bin) {
  const from = card.dataset.was;
  const to = bin.dataset.bin;
  if (from === to) return;
  const at = cards().indexOf(card);
  shift(card, from, to);
  (cards()[at] ?? cards().at(-1))?.focus();
  const wrong = await send(card, to);
  if (wrong) {
    shift(card, to, from);
    card.focus();
    return say(wrong, false);
  }
  last = { card, from };
  say(again.dataset.in.replace("%s", bin.querySelector("a").textContent), !card.dataset.said);
  if (!cards().length) location.reload();
}

again?.addEventListener("click", async () => {
  const { card, from } = last;
  const wrong = await send(card, from);
  if (wrong) return say(wrong, false);
  shift(card, card.dataset.was, from);
  card.focus();
  say(again.dataset.back, false);
});

for (const card of form ? cards() : []) {
  card.tabIndex = 0;
  card.draggable = true;
  card.addEventListener("dragstart", () => (dragged = card));
  card.addEventListener("dragend", () => (dragged = null));
}

for (const bin of bins) {
  const over = (yes) => bin.classList.toggle("over", yes);
  bin.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    over(true);
  });
  bin.addEventListener("dragleave", () => over(false));
  bin.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    if (dragged) put(dragged, bin);
  });
}

form?.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (document.body.dataset.keys !== "on" || ctrlKey || metaKey || altKey || !target.matches("[data-card]")) return;
  const bin = bins.find((one) => one.dataset.key === key);
  if (bin) {
    event.preventDefault();
    put(target, bin);
  } else if (key === "ArrowDown" || key === "ArrowUp") {
    event.preventDefault();
    cards()[cards().indexOf(target) + (key === "ArrowDown" ? 1 : -1)]?.focus();
  }
});

if (form && matchMedia("(hover: hover)").matches) cards()[0]?.focus({ preventScroll: true });
