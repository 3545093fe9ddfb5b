/** Something that is not as it should be, with its fix. */
export interface Complaint {
  /** The consumer; absent for the topic. */
  readonly consumer?: string | undefined;
  /** What was looked at: `subscription`, for instance. */
  readonly part: string;
  readonly problem: string;
  readonly fix: string;
}
