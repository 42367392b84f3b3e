document.documentElement.classList.add("js");
// Before the first paint, or a page that is remembered as dark would flash white.
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {}
