// Wins like the loss: 1, 2, 3 or x on one presses its answer, and the next without an answer is at hand.
const winOf = (element) => element.closest("[data-win]");

document.addEventListener("keydown", ({ key, target, ctrlKey, metaKey, altKey }) => {
  if (document.body.dataset.keys !== "on" || ctrlKey || metaKey || altKey) return;
  if (target.closest("input, textarea, select")) return;
  winOf(target)?.querySelector(`button[data-key="${CSS.escape(key)}"]`)?.click();
});

// Only once all is there: the address's own "#win-7" takes the focus away before that.
const goOn = () => {
  if (document.activeElement !== document.body || !matchMedia("(hover: hover)").matches) return;
  document.querySelector("[data-win] .taps button:not([aria-pressed])")?.focus({ preventScroll: true });
};
addEventListener("load", () => requestAnimationFrame(() => setTimeout(goOn)));
