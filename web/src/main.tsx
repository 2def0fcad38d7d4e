import "./base.css";

import { createRoot } from "react-dom/client";

import { App } from "./app.tsx";
import { applyStoredTheme } from "./shell/theme.tsx";

applyStoredTheme();
createRoot(document.querySelector("#root")!).render(<App />);
