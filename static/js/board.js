// The causality board: an event is dragged into a column, or judged by a key. Both press the button that is there anyway.
// The cards may be fetched anew while one works, so all is heard at the document and a card is known by its id.
const ROLES = ["caused", "contributed", "unrelated", "unknown"];
const judge = (card, role) => card?.querySelector(`button[data-to="${CSS.escape(role)}"]`)?.click();
// One goes on at once to the next card, which has no such question yet: then it is that of the card just judged.
const ask = (card) => (card?.querySelector("[data-ask]") ?? document.querySelector("[data-card]:target [data-ask]"))?.click();
const columnOf = (element) => element.closest?.("[data-role]");
const over = (column) => {
  for (const one of document.querySelectorAll("[data-role].over")) if (one !== column) one.classList.remove("over");
  column?.classList.add("over");
};
let dragged = "";

for (const card of document.querySelectorAll("[data-card]")) card.draggable = Boolean(card.querySelector("button[data-to]"));

document.addEventListener("dragstart", ({ target }) => (dragged = target.closest?.("[data-card]")?.id ?? ""));
document.addEventListener("dragend", () => {
  dragged = "";
  over(null);
});
document.addEventListener("dragover", (event) => {
  const column = columnOf(event.target);
  if (dragged && column?.dataset.role) event.preventDefault();
  over(dragged && column?.dataset.role ? column : null);
});
document.addEventListener("drop", (event) => {
  const column = columnOf(event.target);
  if (!dragged || !column) return;
  event.preventDefault();
  over(null);
  judge(document.getElementById(dragged), column.dataset.role);
});

document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (document.body.dataset.keys !== "on" || ctrlKey || metaKey || altKey) return;
  if (target.closest("input:not([type=radio]), textarea, select")) return;
  const role = ROLES[Number(key) - 1];
  if (role) judge(target.closest("[data-card]"), role);
  if (key === "w") ask(target.closest("[data-card]"));
});

// After a press one goes on where one was: at the question that stands open, else at the next that is not judged, else at
// the one just judged. Only once all is there: the address's own "#event-7" takes the focus away before that.
const NEXT = ["[name=without_it]", ".tray [data-card] button[data-to]", "[data-card]:target button"];
const goOn = () => {
  if (document.activeElement !== document.body) return;
  const next = NEXT.map((where) => document.querySelector(where)).find(Boolean);
  next?.focus({ preventScroll: !document.querySelector(".tray, #s-judge") });
};
addEventListener("load", () => requestAnimationFrame(() => setTimeout(goOn)));
