// Light or dark: what the reader chose last, else what the system says.
"use strict";
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const stored = () => {
    try {
      return localStorage.getItem("docsense-theme");
    } catch {
      return null; // a file opened from disk may have no storage
    }
  };
  const store = (theme) => {
    try {
      localStorage.setItem("docsense-theme", theme);
    } catch {
      // then it holds for this page only
    }
  };
  const known = stored();
  if (known === "light" || known === "dark") root.dataset.theme = known;

  const toggle = () => {
    const dark = root.dataset.theme
      ? root.dataset.theme === "dark"
      : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    store(root.dataset.theme);
  };
  document.addEventListener("DOMContentLoaded", () => {
    document.getElementById("theme").addEventListener("click", toggle);
  });
  document.addEventListener("docsense:theme", toggle);
})();
