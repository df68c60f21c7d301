// A session's screen goes along with whoever leads, and takes nothing away from somebody who writes or points.
let leaving = false;

const chosen = (select) => Math.max(0, [...select.options].findIndex((option) => option.defaultSelected));
const changed = (field) => {
  if (field.type === "radio" || field.type === "checkbox") return field.checked !== field.defaultChecked;
  if (field.options) return field.selectedIndex !== chosen(field);
  return field.type !== "hidden" && "defaultValue" in field && field.value !== field.defaultValue;
};
const writes = () => [...document.querySelectorAll("main form")].some((form) => [...form.elements].some(changed));

function goAlong() {
  const link = document.querySelector("#s-moved a[data-follow]");
  if (!link || leaving || writes()) return;
  leaving = true;
  location.assign(link.href);
}

document.addEventListener("submit", () => (leaving = true));
addEventListener("pageshow", () => (leaving = false));

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  document.getElementById("s-away").hidden = detail.successful;
  goAlong();
});

// Who comes is drawn anew while somebody ticks: what they ticked by hand stays theirs.
const people = () => document.getElementById("s-people");
let ticked = [];
let at;
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  if (detail.target.id !== "s-people") return;
  const boxes = [...detail.target.querySelectorAll("input")];
  ticked = boxes.filter(changed).map(({ value, checked }) => [value, checked]);
  at = boxes.find((box) => box === document.activeElement)?.value;
});
document.addEventListener("htmx:afterSettle", () => {
  const box = (value) => [...(people()?.querySelectorAll("input") ?? [])].find((one) => one.value === value);
  for (const [value, checked] of ticked) if (box(value)) box(value).checked = checked;
  if (at) box(at)?.focus({ preventScroll: true });
  ticked = [];
  at = undefined;
});

// What one pointed at may have gone: then one stays in the list, and not at the top of the page.
let inside = false;
document.addEventListener("htmx:beforeSwap", () => {
  inside = Boolean(document.activeElement?.closest("#s-live"));
});
document.addEventListener("htmx:afterSettle", () => {
  const next = document.querySelector("#s-live .tray button[data-to]") ?? document.getElementById("s-live");
  if (inside && document.activeElement === document.body) next.focus({ preventScroll: true });
  inside = false;
});
