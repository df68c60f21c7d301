// The causality board: an event is dragged into a column, or judged by a key. Both press the button that is there anyway.
const ROLES = ["caused", "contributed", "unrelated", "unknown"];
const judge = (card, role) => card?.querySelector(`button[data-to="${CSS.escape(role)}"]`)?.click();
let dragged = null;

for (const card of document.querySelectorAll("[data-card]")) {
  if (!card.querySelector("button[data-to]")) continue;
  card.draggable = true;
  card.addEventListener("dragstart", () => (dragged = card));
  card.addEventListener("dragend", () => (dragged = null));
}

for (const column of document.querySelectorAll("[data-role]")) {
  const over = (yes) => column.classList.toggle("over", yes);
  column.addEventListener("dragover", (event) => {
    if (!dragged || !column.dataset.role) return;
    event.preventDefault();
    over(true);
  });
  column.addEventListener("dragleave", () => over(false));
  column.addEventListener("drop", (event) => {
    event.preventDefault();
    over(false);
    judge(dragged, column.dataset.role);
  });
}

document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (document.body.dataset.keys !== "on" || ctrlKey || metaKey || altKey) return;
  if (target.closest("input:not([type=radio]), textarea, select")) return;
  const role = ROLES[Number(key) - 1];
  if (role) judge(target.closest("[data-card]"), role);
});

// After a press one goes on where one was: at the next that is not judged, else at the one just judged.
document.querySelector(".tray [data-card] button[data-to], [data-card]:target button, [data-card]:target input")?.focus({
  preventScroll: !document.querySelector(".tray"),
});
