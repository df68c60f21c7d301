// The splitters' pass: s, o or u on a card says its verdict and goes on to the next.
const cards = [...document.querySelectorAll("[data-card]")];
const chosen = (card) => card.querySelector("[data-key]:checked") ?? card.querySelector("[data-key]");

document.addEventListener("keydown", (event) => {
  const { key, target, ctrlKey, metaKey, altKey } = event;
  if (document.body.dataset.keys !== "on" || ctrlKey || metaKey || altKey) return;
  if (target.closest("textarea, select, input:not([type=radio])")) return;
  const card = target.closest("[data-card]");
  const choice = card?.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!choice) return;
  event.preventDefault();
  choice.checked = true;
  const next = cards[cards.indexOf(card) + 1];
  (next ? chosen(next) : choice).focus();
});

if (matchMedia("(hover: hover)").matches && cards[0]) chosen(cards[0]).focus({ preventScroll: true });
