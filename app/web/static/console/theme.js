// Before anything is drawn: light or dark, as chosen here or as the system has it.
(() => {
  const chosen = localStorage.getItem("threegate-theme");
  const dark = chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.classList.toggle("dark", dark);
})();
