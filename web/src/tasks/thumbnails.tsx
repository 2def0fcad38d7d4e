import { useEffect, useRef, useState } from "react";
import { useQuery } from "urql";

import { TaskThumbnailsDocument } from "../generated/documents.ts";

/** A picture of each of the first classes, asked for when the card comes in sight: the server opens an archive for it. */
export function Thumbnails({ taskId }: { taskId: string }) {
  const place = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState(false);
  useEffect(() => {
    const observer = new IntersectionObserver(([entry]) => {
      if (!entry?.isIntersecting) return;
      setSeen(true);
      observer.disconnect();
    });
    observer.observe(place.current!);
    return () => observer.disconnect();
  }, []);
  const [{ data }] = useQuery({
    query: TaskThumbnailsDocument,
    variables: { id: taskId },
    requestPolicy: "cache-first",
    pause: !seen,
  });
  const pictures = (data?.task?.classSamples.nodes ?? []).flatMap(({ label, pictures: [picture] }) =>
    picture === undefined ? [] : [{ label, picture }],
  );
  // The classes' names stand below: a description would say them twice.
  return (
    <div className="thumbnails" ref={place}>
      {pictures.map(({ label, picture }) => (
        <img key={label} src={picture} alt="" width={48} height={48} />
      ))}
    </div>
  );
}
