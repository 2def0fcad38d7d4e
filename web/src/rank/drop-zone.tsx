import { type DragEvent, useRef, useState } from "react";
import { useMutation } from "urql";

import { errorText } from "../api/client.ts";
import { upload, type UploadProgress } from "../api/upload.ts";
import { AddTaskDocument } from "../generated/documents.ts";
import { Meter } from "../ui/states.tsx";

/** Takes a task archive, uploads it and adds the task. */
export function DropZone({ onAdded }: { onAdded: (taskId: string) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const [progress, setProgress] = useState<UploadProgress>();
  const [problem, setProblem] = useState<string>();
  const [, addTask] = useMutation(AddTaskDocument);

  const take = async (file: File | undefined) => {
    if (file === undefined || progress !== undefined) return;
    setProblem(undefined);
    setProgress({ step: "reading", done: 0 });
    try {
      const artifact = await upload(file, setProgress);
      const name = file.name.replace(/\.(zip|npz)$/i, "");
      const { data, error } = await addTask({ input: { name, artifact, newVersion: true } });
      if (error) throw new Error(errorText(error));
      const { task, userErrors } = data!.addTask;
      if (task === null) throw new Error(userErrors[0]?.message ?? "The task was not added.");
      onAdded(task.id);
    } catch (error) {
      setProblem((error as Error).message);
    } finally {
      setProgress(undefined);
    }
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void take(event.dataTransfer.files[0]);
  };

  return (
    <div
      className="drop"
      data-over={over || undefined}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <DropWeb />
      <div className="drop-words">
        <p className="drop-title">Drop your task here</p>
        <p className="muted small">
          a zip with one folder of PNG or JPEG images per class, or an .npz with images and labels, or class
          centres alone
        </p>
        <input
          ref={input}
          type="file"
          accept=".zip,.npz"
          className="unseen"
          aria-label="Task archive"
          tabIndex={-1}
          onChange={(event) => {
            void take(event.target.files?.[0]);
            event.target.value = "";
          }}
        />
        <button
          type="button"
          className="button"
          disabled={progress !== undefined}
          onClick={() => input.current?.click()}
        >
          Choose a file
        </button>
        {progress && (
          <div className="drop-progress" role="status">
            <span className="small">
              {progress.done >= 1 && progress.step === "sending"
                ? "Checking the archive"
                : `${progress.step === "reading" ? "Reading" : "Sending"} ${Math.round(100 * progress.done)} %`}
            </span>
            <Meter value={progress.done} label="Upload" />
          </div>
        )}
        {problem && (
          <p className="note alarm small" role="alert">
            {problem}
          </p>
        )}
      </div>
    </div>
  );
}

const SPOKES = 14;
const TURNS = [0.22, 0.36, 0.5, 0.64, 0.78, 0.92];

/** A web to catch the file in: spokes and turns whose threads sag towards the hub. */
function DropWeb() {
  const point = (spoke: number, radius: number): [number, number] => {
    const angle = (2 * Math.PI * spoke) / SPOKES - Math.PI / 2;
    return [50 + 49 * radius * Math.cos(angle), 50 + 49 * radius * Math.sin(angle)];
  };
  const at = ([x, y]: [number, number]): string => `${x.toFixed(2)} ${y.toFixed(2)}`;
  const spokes = Array.from({ length: SPOKES }, (_, i) => `M50 50L${at(point(i, 1))}`).join("");
  const turns = TURNS.map((radius) => {
    const threads = Array.from(
      { length: SPOKES },
      (_, i) => `Q${at(point(i + 0.5, radius * 0.86))} ${at(point(i + 1, radius))}`,
    );
    return `M${at(point(0, radius))}${threads.join("")}`;
  }).join("");
  return (
    <svg className="drop-web" viewBox="0 0 100 100" fill="none" stroke="currentColor" aria-hidden>
      <path d={spokes} strokeWidth="0.14" />
      <path d={turns} strokeWidth="0.2" />
    </svg>
  );
}
