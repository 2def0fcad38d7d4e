import "./shell.css";

import { type ReactNode, useEffect, useRef } from "react";
import { Link, useLocation } from "wouter";

import { WebMark } from "../ui/web-mark.tsx";
import type { Role } from "../generated/documents.ts";
import { ThemeButton } from "./theme.tsx";
import { useMay } from "./viewer.ts";

const PAGES: readonly { path: string; name: string; below?: string; role?: Role }[] = [
  { path: "/", name: "Rank", below: "/rank" },
  { path: "/zoo", name: "Zoo" },
  { path: "/tasks", name: "Tasks" },
  { path: "/web", name: "Web" },
  { path: "/spiders", name: "Spiders" },
  { path: "/outcomes", name: "Outcomes" },
  { path: "/jobs", name: "Jobs" },
  { path: "/keys", name: "Keys", role: "ADMIN" },
  { path: "/webhooks", name: "Webhooks", role: "ADMIN" },
  { path: "/audit", name: "Audit", role: "ADMIN" },
];

export function Layout({ children, onLeave }: { children: ReactNode; onLeave: (() => void) | undefined }) {
  const [path] = useLocation();
  const isAdmin = useMay("ADMIN");
  const main = useRef<HTMLElement>(null);
  const nav = useRef<HTMLElement>(null);
  const first = useRef(true);
  const page = PAGES.find(({ path: own, below = own }) => path === own || path.startsWith(`${below}/`));
  useEffect(() => {
    document.title = page ? `${page.name} · Orbweaver` : "Orbweaver";
  }, [page]);
  // On a phone the row of pages is longer than the screen.
  useEffect(() => {
    nav.current?.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }, [page, isAdmin]);
  // A new page begins at its top, for eyes and for screen readers.
  useEffect(() => {
    if (first.current) {
      first.current = false;
      return;
    }
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="shell">
      <a className="button skip" href="#main">
        Skip to the content
      </a>
      <header className="masthead">
        <Link href="/" className="brand">
          <WebMark />
          Orbweaver
        </Link>
        <nav aria-label="Pages" ref={nav}>
          {PAGES.filter(({ role }) => role !== "ADMIN" || isAdmin).map((one) => (
            <Link key={one.path} href={one.path} aria-current={one === page ? "page" : undefined}>
              {one.name}
            </Link>
          ))}
        </nav>
        <ThemeButton />
      </header>
      <main className="main" id="main" tabIndex={-1} ref={main}>
        {children}
      </main>
      <footer className="colophon">
        <span>Orbweaver ranks pre-trained models for your task.</span>
        <a href="/graphiql">GraphQL API</a>
        {onLeave && (
          <button type="button" className="button quiet small" onClick={onLeave}>
            Sign out
          </button>
        )}
      </footer>
    </div>
  );
}
