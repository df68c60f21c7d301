// Keys for those who like them; every one has a visible button or link, and /keys/ lists them and switches them off.
const ROWS = "main .rows > li, main .tbl tbody tr";
let going = false;

const writing = (element) =>
  element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");

function go(url) {
  if (url) window.location.assign(url);
}

// Nobody is led out of a session that runs.
function keysOf(session) {
  if (session) window.open("/keys/#session", "_blank", "noopener");
  else go("/keys/");
}

function move(step) {
  const rows = [...document.querySelectorAll(ROWS)].filter((row) => row.querySelector("a, button"));
  if (!rows.length) return;
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, now + step))];
  next.querySelector("a, button").focus();
}

function search() {
  const field = document.querySelector("main input[type=search], main input[name=q]");
  if (!field) {
    const closed = document.querySelector("main a[data-filter]");
    go(closed?.href);
    return Boolean(closed);
  }
  const fold = field.closest("details");
  if (fold) fold.open = true;
  field.focus();
  return true;
}

document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  if (key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = target.closest("form");
    // The button drawn as the main one, wherever it stands; of several in a row the form's first would be pressed else.
    if (form) form.requestSubmit([...form.elements].find((one) => one.matches("button.btn-primary:enabled")));
    return;
  }
  if (document.body.dataset.keys !== "on") return;
  if (event.ctrlKey || event.metaKey || event.altKey || writing(target)) return;
  if (going) {
    going = false;
    go(document.querySelector(`[data-go="${CSS.escape(key)}"]`)?.href);
  } else if (key === "g") going = true;
  else if (key === "j") move(1);
  else if (key === "k") move(-1);
  else if (key === "?") keysOf(document.body.classList.contains("meet"));
  else if (key === "/" && search()) event.preventDefault();
});
