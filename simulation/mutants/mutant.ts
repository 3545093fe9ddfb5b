/** A rule of the code, broken: one text of one file is replaced while it is loaded. */
export interface Mutant {
  /** What the rule says. */
  readonly rule: string;
  /** From the root of the repository. */
  readonly file: string;
  /** Stands there exactly once; a mutant whose text is gone is an error, not a mutant that survives. */
  readonly text: string;
  readonly replacement: string;
  /** Where its rule is at stake, if it hardly ever is elsewhere. */
  readonly workload?: string;
  /** What has to be noticed, where something else is wrong all the time. */
  readonly shows?: RegExp;
}
