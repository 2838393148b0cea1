// The keyboard. Keys mean nothing while something is typed, and with Ctrl, Alt or Meta.
const help = document.getElementById("help");
const tell = (name, detail) =>
  document.dispatchEvent(new CustomEvent(`docsense:${name}`, { detail }));
const actions = {
  j: () => tell("step", 1),
  k: () => tell("step", -1),
  "/": () => document.getElementById("search").focus(),
  d: () => tell("theme"),
  c: () => tell("copy"),
  "?": () => help.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || help.open) return;
  if (event.key === "Escape") tell("close");
  if (event.target.closest("input, textarea, select")) return;
  const action = /^[1-9]$/.test(event.key)
    ? () => tell("show", Number(event.key))
    : Object.hasOwn(actions, event.key)
      ? actions[event.key]
      : null;
  if (!action) return;
  event.preventDefault();
  action();
});
document.getElementById("help-open").addEventListener("click", () => help.showModal());
