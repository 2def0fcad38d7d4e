import { useState } from "react";
import { useQuery } from "urql";

import { TaskSamplesDocument } from "../generated/documents.ts";
import { Problem, Waiting } from "../ui/states.tsx";

const PAGE = 20;

/** The classes with a few of their samples, page by page. */
export function ClassGallery({ taskId }: { taskId: string }) {
  const [places, setPlaces] = useState<readonly (string | null)[]>([null]);
  return (
    <div className="gallery">
      {places.map((after, i) => (
        <GalleryPage
          key={after}
          taskId={taskId}
          after={after}
          onMore={i === places.length - 1 ? (next) => setPlaces([...places, next]) : undefined}
        />
      ))}
    </div>
  );
}

interface PageProps {
  readonly taskId: string;
  readonly after: string | null;
  readonly onMore: ((after: string | null) => void) | undefined;
}

function GalleryPage({ taskId, after, onMore }: PageProps) {
  const [{ data, error, fetching }] = useQuery({
    query: TaskSamplesDocument,
    variables: { id: taskId, first: PAGE, after },
    requestPolicy: "cache-first",
  });
  if (error) return <Problem error={error} />;
  if (!data) return fetching ? <Waiting what="Opening the archive" /> : null;
  const page = data.task?.classSamples;
  return (
    <>
      {page?.nodes.map(({ label, name, pictures }) => (
        <figure key={label}>
          <div className="samples">
            {pictures.map((picture, i) => (
              <img
                key={picture}
                src={picture}
                alt={i === 0 ? `A sample of ${name}` : ""}
                width={56}
                height={56}
              />
            ))}
          </div>
          <figcaption className="small">{name}</figcaption>
        </figure>
      ))}
      {page?.pageInfo.hasNextPage && onMore && (
        <button type="button" className="button small" onClick={() => onMore(page.pageInfo.endCursor)}>
          More classes
        </button>
      )}
    </>
  );
}
