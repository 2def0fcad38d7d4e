/** The orb web of the logo: spokes, two turns of the spiral, and the spider where it sits. */
export function WebMark({ title, spinning = false }: { title?: string; spinning?: boolean }) {
  return (
    <svg
      viewBox="0 0 48 48"
      fill="none"
      stroke="currentColor"
      strokeLinecap="round"
      strokeLinejoin="round"
      role={title === undefined ? undefined : "img"}
      aria-label={title}
      aria-hidden={title === undefined ? true : undefined}
    >
      <path strokeWidth="1.3" opacity="0.6" d="M24 3v42M5.8 13.5l36.4 21M5.8 34.5l36.4-21" />
      <path
        className={spinning ? "spin" : undefined}
        strokeWidth="1.5"
        d="M24 7.5Q30.4 12.4 38.3 15.8Q36.6 24 38.3 32.3Q30.4 35.6 24 40.5Q17.6 35.6 9.7 32.3Q11.4 24 9.7 15.8Q17.6 12.4 24 7.5"
      />
      <path
        className={spinning ? "spin" : undefined}
        strokeWidth="1.3"
        d="M24 14.2Q28.3 17.5 32.5 19.1Q31.5 24 32.5 28.9Q28.3 30.5 24 33.8Q19.7 30.5 15.5 28.9Q16.5 24 15.5 19.1Q19.7 17.5 24 14.2"
      />
      <circle cx="32.5" cy="19.1" r="4.4" fill="var(--amber)" stroke="none" />
    </svg>
  );
}
