import { DomainError } from "../../errors.js";
import { entryName } from "./entry-name.js";
import { freeText } from "./free-text.js";

const MOST_TAGS = 50;
const LONGEST_LABEL = 200;
const LONGEST_CARD = 100_000;

/** Tags in the form in which they are stored. @throws DomainError BAD_USER_INPUT */
export function checkedTags(tags: readonly string[]): string[] {
  const checked = [...new Set(tags.map((tag) => entryName(tag, LONGEST_LABEL, "A tag")))];
  if (checked.length > MOST_TAGS) {
    throw new DomainError("BAD_USER_INPUT", `A PTM has at most ${MOST_TAGS} tags, got ${checked.length}.`);
  }
  return checked;
}

/** A licence's or an architecture's name. @throws DomainError BAD_USER_INPUT */
export function checkedLabel<Text extends string | null | undefined>(what: string, text: Text): Text {
  return freeText(what, text, LONGEST_LABEL);
}

/** The model card. @throws DomainError BAD_USER_INPUT */
export function checkedCard<Text extends string | null | undefined>(card: Text): Text {
  return freeText("card", card, LONGEST_CARD);
}
