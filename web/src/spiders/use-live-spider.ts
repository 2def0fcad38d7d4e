import { useSubscription } from "urql";

import {
  JobUpdatedDocument,
  type SpiderCardFragment,
  SpiderUpdatedDocument,
} from "../generated/documents.ts";

/**
 * A spider as it is now: after every epoch while it is in training, with the progress of its job in between.
 *
 * @param onOver told when its training ends
 */
export function useLiveSpider(known: SpiderCardFragment, onOver: () => void): SpiderCardFragment {
  const isTraining = known.status === "TRAINING";
  const [{ data }] = useSubscription(
    { query: SpiderUpdatedDocument, variables: { spiderId: known.id }, pause: !isTraining },
    (_, event) => {
      if (event.spiderUpdated.status !== "TRAINING") onOver();
      return event;
    },
  );
  const [work] = useSubscription({
    query: JobUpdatedDocument,
    variables: { jobId: known.job?.id ?? "" },
    pause: !isTraining || known.job === null,
  });
  const spider = isTraining ? (data?.spiderUpdated ?? known) : known;
  return { ...spider, job: (isTraining && work.data?.jobUpdated) || spider.job };
}
