// Which citation is shown: by click, by address (#c3), by the events of keys.js.
const pane = document.querySelector("#source .pane");
const aside = document.getElementById("source");
const sources = [...document.querySelectorAll(".source")];
const narrow = matchMedia("(max-width: 60rem)");
let current = 0;
let opener = null;

const section = (key) => document.getElementById(`s${key}`);

function show(key, { open = true, from = null } = {}) {
  const chosen = section(key);
  if (!chosen) return;
  current = key;
  for (const each of sources) each.classList.toggle("active", each === chosen);
  for (const link of document.querySelectorAll("a.cite")) {
    if (Number(link.dataset.key) === key) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  for (const claim of document.querySelectorAll(".claim")) {
    claim.classList.toggle("current", claim.querySelector(`a.cite[data-key="${key}"]`) !== null);
  }
  document.querySelector("#source .where").textContent = `${key} of ${sources.length}`;
  if (open) openSheet(from);
  reveal(chosen);
  if (location.hash !== `#c${key}`) history.replaceState(null, "", `#c${key}`);
}

// The quoted words below the head of the source, a third down; beside it where a page is wider.
// Images have their size before they are loaded, so nothing moves later.
function reveal(chosen) {
  pane.scrollTop = 0;
  const marks = [...chosen.querySelectorAll(".mark, tr.cited")];
  const first = marks.find((mark) => mark.getClientRects().length > 0);
  if (!first) return;
  const at = first.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  const head = chosen.querySelector("header").offsetHeight;
  if (at > pane.clientHeight * 0.6) pane.scrollTop = at - head - (pane.clientHeight - head) / 3;
  const wide = first.closest("figure");
  if (!wide) return;
  const left = first.getBoundingClientRect().left - wide.getBoundingClientRect().left;
  wide.scrollLeft += left - 24;
}

function openSheet(from) {
  if (!narrow.matches || aside.classList.contains("open")) return;
  opener = from ?? document.activeElement;
  aside.classList.add("open");
  document.documentElement.classList.add("sheet");
  section(current).focus({ preventScroll: true });
}

function closeSheet() {
  if (!aside?.classList.contains("open")) return;
  aside.classList.remove("open");
  document.documentElement.classList.remove("sheet");
  opener?.focus?.({ preventScroll: true });
}

function step(by) {
  if (sources.length) show(((current - 1 + by + sources.length) % sources.length) + 1);
}

async function copy() {
  const chosen = section(current);
  if (!chosen) return;
  const button = document.getElementById("copy");
  try {
    await navigator.clipboard.writeText(chosen.dataset.footnote);
    button.textContent = "Copied";
  } catch {
    // Without a clipboard the quote is selected, ready for Ctrl-C.
    getSelection().selectAllChildren(chosen.querySelector("blockquote, .excerpt") ?? chosen);
    button.textContent = "Selected";
  }
  setTimeout(() => (button.textContent = "Copy citation"), 1600);
}

function openDetails(id) {
  const details = document.getElementById(id);
  if (!(details instanceof HTMLDetailsElement)) return false;
  closeSheet();
  details.open = true;
  details.scrollIntoView({ block: "start" });
  details.querySelector("summary").focus({ preventScroll: true });
  return true;
}

function follow({ open }) {
  const hash = location.hash.slice(1);
  const cited = /^c(\d+)$/.exec(hash);
  if (cited && section(Number(cited[1]))) show(Number(cited[1]), { open });
  else if (!openDetails(hash) && !current && sources.length) {
    show(1, { open: false });
    history.replaceState(null, "", location.pathname + location.search);
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='#']");
  if (link?.dataset.key) {
    event.preventDefault();
    show(Number(link.dataset.key), { from: link });
  } else if (link && openDetails(link.hash.slice(1))) {
    event.preventDefault();
    history.replaceState(null, "", link.hash);
  } else if (!link && getSelection().isCollapsed) {
    const cite = event.target.closest(".claim")?.querySelector("a.cite");
    if (cite) show(Number(cite.dataset.key), { from: cite });
  }
});
document.addEventListener("docsense:step", (event) => step(event.detail));
document.addEventListener("docsense:show", (event) => show(event.detail));
document.addEventListener("docsense:copy", copy);
document.addEventListener("docsense:close", closeSheet);
addEventListener("hashchange", () => follow({ open: true }));

if (aside) {
  document.getElementById("previous").addEventListener("click", () => step(-1));
  document.getElementById("next").addEventListener("click", () => step(1));
  document.getElementById("copy").addEventListener("click", copy);
  document.getElementById("close").addEventListener("click", closeSheet);
}
follow({ open: /^#c\d+$/.test(location.hash) });

// A page that cannot be drawn: the file changed or went away while this page was open.
function lost(image) {
  const figure = image.closest("figure");
  if (!figure || figure.hidden) return;
  figure.hidden = true;
  const note = document.createElement("p");
  note.className = "note";
  note.textContent = `${image.alt} cannot be shown: the file changed since it was opened.`;
  if (figure.matches(".page")) figure.before(note);
}
document.addEventListener("error", (event) => {
  if (event.target instanceof HTMLImageElement) lost(event.target);
}, true);
for (const image of document.images) {
  if (image.complete && image.naturalWidth === 0 && image.loading !== "lazy") lost(image);
}

// On paper everything is open, and every cut of a page is there.
let closed = [];
addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll(".details details:not([open])")];
  for (const details of closed) details.open = true;
});
addEventListener("afterprint", () => closed.forEach((details) => (details.open = false)));
const idle = globalThis.requestIdleCallback ?? ((work) => setTimeout(work, 500));
idle(() => document.querySelectorAll(".crop img").forEach((image) => (image.loading = "eager")));
