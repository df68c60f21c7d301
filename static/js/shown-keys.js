// A single key presses what shows it: <label>…<kbd class="key">3</kbd></label>. Off while one writes, and after "g",
// which goes to a page.
// In a block: scripts of a page share the names of their top level.
{
  const writing = (element) => element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  let afterG = false;

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
      if (!target.closest("form")) document.querySelector("main form[method=post]")?.requestSubmit();
      return;
    }
    if (document.body.dataset.keys !== "on") return;
    if (event.ctrlKey || event.metaKey || event.altKey || writing(target)) return;
    if (afterG) {
      afterG = false;
      return;
    }
    afterG = key === "g";
    const cap = [...document.querySelectorAll("main kbd.key, .meet kbd.key")].find((one) => one.textContent.trim() === key);
    const control = cap?.closest("label, button, a, summary");
    if (!control) return;
    event.preventDefault();
    if (control.matches("summary")) {
      control.parentElement.open = true;
      control.parentElement.querySelector("textarea, input").focus();
      return;
    }
    control.click();
    (control.htmlFor ? document.getElementById(control.htmlFor) : control).focus({ preventScroll: true });
  });
}
