import { useState } from "react";

type Theme = "light" | "dark";
const NAME = "orbweaver.theme";

/** Shows the theme that the visitor chose before, if any; without a choice the system's counts. */
export function applyStoredTheme(): void {
  const stored = localStorage.getItem(NAME);
  if (stored === "light" || stored === "dark") document.documentElement.dataset["theme"] = stored;
}

function shownTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

export function ThemeButton() {
  const [theme, setTheme] = useState(shownTheme);
  const other = theme === "dark" ? "light" : "dark";
  const change = () => {
    document.documentElement.dataset["theme"] = other;
    localStorage.setItem(NAME, other);
    setTheme(other);
    dispatchEvent(new Event("themechange")); // canvases repaint
  };
  return (
    <button type="button" className="theme" onClick={change} aria-label={`Show the ${other} theme`}>
      <svg
        width="20"
        height="20"
        viewBox="0 0 20 20"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.5"
        aria-hidden
      >
        <circle cx="10" cy="10" r="6.5" />
        <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
    </button>
  );
}
