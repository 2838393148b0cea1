// Search within the answer: claims without the words step back, the words are marked.
const field = document.getElementById("search");
const output = document.querySelector(".search output");
const parts = [...document.querySelectorAll(".claim, .aside li")];
const marks = globalThis.Highlight && CSS.highlights ? new Highlight() : null;
if (marks) CSS.highlights.set("found", marks);

// What an answer says; the names of its sources and its numbers are not searched.
function* texts(part) {
  const walker = document.createTreeWalker(part, NodeFilter.SHOW_TEXT, (node) =>
    node.parentElement.closest(".cites, .number, .support")
      ? NodeFilter.FILTER_REJECT
      : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) yield node;
}

function* ranges(part, words) {
  for (const node of texts(part)) {
    const text = node.data.toLowerCase();
    if (text.length !== node.data.length) continue; // a letter that grows would shift the marks
    for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + words.length)) {
      const range = new Range();
      range.setStart(node, at);
      range.setEnd(node, at + words.length);
      yield range;
    }
  }
}

function search() {
  const words = field.value.trim().toLowerCase();
  marks?.clear();
  let found = 0;
  for (const part of parts) {
    const said = Array.from(texts(part), (node) => node.data).join(" ");
    const holds = !words || said.toLowerCase().includes(words);
    part.classList.toggle("missed", !holds);
    if (!words || !holds) continue;
    found += 1;
    if (marks) for (const range of ranges(part, words)) marks.add(range);
  }
  output.textContent = words ? `${found} of ${parts.length}` : "";
}

field.addEventListener("input", search);
field.form.addEventListener("submit", (event) => {
  event.preventDefault();
  parts.find((part) => !part.classList.contains("missed"))?.scrollIntoView({ block: "center" });
});
field.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  field.value = "";
  search();
  field.blur();
});
