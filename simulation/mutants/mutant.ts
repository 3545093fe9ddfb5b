/** A mutant breaks one rule: one text of one file is replaced while the file is loaded. */
export interface Mutant {
  /** The broken rule. */
  readonly rule: string;
  /** Path from the root of the repository. */
  readonly file: string;
  /** The replaced text. It must be in the file exactly once; otherwise the mutant is an error. */
  readonly text: string;
  readonly replacement: string;
  /** The workload that uses the rule, if other workloads rarely do. */
  readonly workload?: string;
  /** The expected violation, if other violations also occur. */
  readonly shows?: RegExp;
}
