// Long work: fetches the page again and swaps in how far it is; the whole page once the work has ended.
const look = async () => {
  const before = document.getElementById("progress");
  const response = await fetch(location.href, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return void setTimeout(look, 5000);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const after = page.getElementById("progress");
  if (!after) return location.reload();
  for (const part of ["h2", "[role=status]", "progress"]) {
    const [old, fresh] = [before.querySelector(part), after.querySelector(part)];
    if (part === "progress") {
      for (const name of ["value", "max"]) {
        if (fresh.hasAttribute(name)) old.setAttribute(name, fresh.getAttribute(name));
      }
    } else if (old.textContent !== fresh.textContent) old.textContent = fresh.textContent;
  }
  setTimeout(look, 1500);
};
setTimeout(look, 1000);
