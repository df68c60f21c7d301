// Long texts keep themselves in this browser until they are sent: reload, back and a log-in that ran out lose nothing.
// Never what is told without a name. A draft goes when its text stands on the page, when it is left out, after a week.
const WEEK = 7 * 24 * 3600 * 1000;
const who = document.body.dataset.drafts;
const drafted = (element) => (element.matches?.("textarea[data-draft]") ? element : null);
const key = (field) => `draft ${who} ${location.pathname} ${field.form.getAttribute("action") ?? ""} ${field.name}`;
const nameless = (form) => form.querySelector("input[name$=reported][value=anonymous]:checked");
const bare = (text) => text.replace(/\s+/g, "");

function keep(field) {
  if (!field.value.trim() || field.value === field.defaultValue || nameless(field.form)) localStorage.removeItem(key(field));
  else localStorage.setItem(key(field), JSON.stringify({ text: field.value, base: field.defaultValue, at: Date.now() }));
}

function bringBack(field) {
  const draft = JSON.parse(localStorage.getItem(key(field)));
  if (!draft) return;
  if (field.value === draft.text || nameless(field.form)) return void localStorage.removeItem(key(field));
  if (field.defaultValue && field.defaultValue !== draft.base) return;
  field.value = draft.text;
  for (let fold = field.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const note = document.getElementById("draft-note").content.firstElementChild.cloneNode(true);
  note.querySelector("button").addEventListener("click", () => {
    field.value = field.defaultValue;
    localStorage.removeItem(key(field));
    note.remove();
    field.focus();
  });
  field.after(note);
}

function forget() {
  const told = new Set([...document.querySelectorAll("main p")].map((one) => bare(one.innerText)));
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith("draft "))) {
    const { text, at } = JSON.parse(localStorage.getItem(name));
    if (at < Date.now() - WEEK || told.has(bare(text))) localStorage.removeItem(name);
  }
}

if (who) {
  try {
    forget();
    document.querySelectorAll("textarea[data-draft]").forEach(bringBack);
    document.addEventListener("input", ({ target }) => {
      if (drafted(target)) keep(target);
      else if (target.matches("input[name$=reported]")) target.form.querySelectorAll("textarea[data-draft]").forEach(keep);
    });
  } catch {
    // A browser that keeps nothing: what was typed lives as long as the page.
  }
}
