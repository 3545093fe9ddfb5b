----------------------------- MODULE Conditions -----------------------------
(*
  The record of one event, who works on it, and the conditions of every write. The clauses have the names that they
  have in runtime/stores/dynamodb/conditions.ts, which tells the timeline that each one guards.

  Time is counted in ticks. A record's times are of the clock of whoever wrote them; `now` is nobody's clock but TTL's
  and the provider's.
*)
EXTENDS Integers, FiniteSets

CONSTANTS
  First, Then,          \* the guarantee that is deployed, and the one that a deployment puts in its place (or the same)
  Kinds,                \* what the second message may be, and "done", if an operator may say so
  Ttl, Margin,          \* how long a record counts, and how much before that the window closes
  Invocation,           \* how long an invocation may take
  AllowedSkew, Ahead,   \* how far clocks may be apart, and how far they are: o2's is ahead
  Retention,            \* how long the provider knows an idempotency key
  SlowCalls,            \* whether a process that was frozen may make its call after the end of its invocation
  MaxTime, LastFault,   \* time ends at the one, and nothing fails after the other, so that what is waited for comes
  Failures,             \* what fails: "answer" of a write, "unclear" call, "not done", "poison"
  Mutation              \* "none", or what is broken: see models.ts

VARIABLES
  now,
  guarantee,    \* deployed
  record,
  messages,     \* m1 and m2, of one event
  deadLetters,  \* messages whose copy is in the dead-letter queue
  owners,       \* the two processes, each with the delivery that it works on
  keyUntil,     \* when the provider forgets the key; 0 before the first call
  desk,         \* the attempt of the unknown outcome that an operator has looked at, to say that it is done
  effect,       \* how often it happened, of which contents, and when it last did
  resolved      \* whether an operator said that it happened

vars == <<now, guarantee, record, messages, deadLetters, owners, keyUntil, desk, effect, resolved>>

Owners == {"o1", "o2"}
Messages == {"m1", "m2"}
None == 0

Clock(o) == now + IF o = "o2" THEN Ahead ELSE 0

Is(mutation) == Mutation = mutation
(* A clause; left out by the mutation that has its name. *)
Clause(name, holds) == Is(name) \/ holds

Mine(o) == owners[o]
Message(o) == messages[owners[o].message]
Fingerprint(m) == IF messages[m].kind = "conflicting" THEN 2 ELSE 1
OfMine(o) == Fingerprint(Mine(o).message)
LeaseEnd(o) == Mine(o).end + IF Is("lease without skew") THEN 0 ELSE AllowedSkew
InTime(o) == Clock(o) <= Mine(o).end

Expired(o) == record.expiration # None /\ record.expiration <= Clock(o)

-----------------------------------------------------------------------------
ABSENT == record.status = "absent"
LIVE(o) == Clause("LIVE", record.expiration > Clock(o))
SAME_EVENT(o) == Clause("SAME_EVENT", record.fingerprint = OfMine(o))
SAME_GUARANTEE(o) == Clause("SAME_GUARANTEE", record.guarantee = Mine(o).guarantee)
RELEASED == record.status = "RETRYING"
REDRIVEN(o) == record.status = "QUARANTINED" /\ Clause("REDRIVEN", record.messageId # Mine(o).message)
LEASE_OVER(o) == Clause("LEASE_OVER", record.leaseUntil <= Clock(o))
KEY_REMEMBERED(o) == Clause("KEY_REMEMBERED", record.firstAttemptAt > LeaseEnd(o) - Retention)
SENT_AGAIN(o) ==
  /\ record.status = "OUTCOME_UNKNOWN"
  /\ Message(o).carried # None
  /\ Clause("SENT_AGAIN", record.attempt = Message(o).carried)
MINE(o) == Clause("MINE", record.attempt = Mine(o).attempt)
(* The state of an attempt (attempt_state) is not modelled: it tells a count from a lease that its owner gave back. *)
NOT_COUNTED(o) == record.attempt # Mine(o).attempt
IN_PROGRESS == record.status = "INPROGRESS"
UNKNOWN == record.status = "OUTCOME_UNKNOWN"
UNDER_WORK_OR_UNKNOWN == IN_PROGRESS \/ UNKNOWN
UNFINISHED_AS_SEEN(o) ==
  Clause("UNFINISHED_AS_SEEN", record.status \in {"INPROGRESS", "RETRYING", "QUARANTINED"}
    /\ record.status = Mine(o).seen.status)
OF_SEEN_OWNER(o) == Clause("OF_SEEN_OWNER", record.attempt = Mine(o).seen.attempt)
EXPIRED_AS_SEEN(o) ==
  /\ ~ABSENT
  /\ Clause("EXPIRED_AS_SEEN", record.expiration = Mine(o).over /\ record.expiration <= Clock(o))

-----------------------------------------------------------------------------
InsideWindow(o) == Mine(o).inside
Waits(o) == (RELEASED \/ REDRIVEN(o)) /\ LIVE(o) /\ SAME_EVENT(o) /\ SAME_GUARANTEE(o)

MayCommit(o) == Is("ABSENT") \/ (ABSENT /\ InsideWindow(o)) \/ Waits(o)
MayCount(o) == (ABSENT /\ InsideWindow(o)) \/ (Waits(o) /\ NOT_COUNTED(o))

TakesOver(o) == Mine(o).guarantee # "at-most-once" \/ Is("take over at-most-once")
Remembered(o) == Mine(o).guarantee = "at-least-once" => KEY_REMEMBERED(o)
MayClaim(o) == (ABSENT /\ InsideWindow(o)) \/ (Waits(o) /\ Remembered(o))
MayTakeOver(o) ==
  TakesOver(o) /\ IN_PROGRESS /\ LEASE_OVER(o) /\ LIVE(o) /\ SAME_EVENT(o) /\ SAME_GUARANTEE(o) /\ Remembered(o)
MayClaimAgain(o) == SENT_AGAIN(o) /\ SAME_EVENT(o)

MayComplete(o) == MINE(o) /\ SAME_EVENT(o) /\ UNDER_WORK_OR_UNKNOWN
MayRelease(o) == MINE(o) /\ SAME_EVENT(o) /\ IN_PROGRESS
MayHold(o) ==
  /\ UNFINISHED_AS_SEEN(o) /\ OF_SEEN_OWNER(o) /\ SAME_EVENT(o)
  /\ \/ Mine(o).seen.attempt = Mine(o).attempt
     \/ LIVE(o) /\ (Mine(o).seen.status = "INPROGRESS" => LEASE_OVER(o))
MayResolve == UNKNOWN /\ Clause("MAY_RESOLVE", record.attempt = desk)

-----------------------------------------------------------------------------
(* What a record that refused a write means for the delivery that met it. guarantees/judge.ts: judge, in its order. *)
Runnable(o) ==
  /\ record.expiration # None
  /\ record.guarantee = Mine(o).guarantee
  /\ Mine(o).guarantee = "at-least-once" => record.firstAttemptAt > LeaseEnd(o) - Retention

Judge(o) ==
  IF ABSENT THEN IF InsideWindow(o) THEN "again" ELSE "out of window"
  ELSE IF record.attempt = Mine(o).attempt /\ record.status \in {"INPROGRESS", "COMPLETED"} THEN "mine"
  ELSE IF Expired(o) THEN IF InsideWindow(o) THEN "expired" ELSE "out of window"
  ELSE IF record.fingerprint # OfMine(o) THEN "conflict"
  ELSE CASE record.status = "COMPLETED" -> "duplicate"
         [] UNKNOWN -> IF Message(o).carried = record.attempt THEN "again" ELSE "unknown"
         [] IN_PROGRESS ->
              IF record.leaseUntil > Clock(o) THEN "leased"
              ELSE IF Runnable(o) /\ TakesOver(o) THEN "again"
              ELSE IF Is("wait for the dead") THEN "leased" ELSE "unclear"
         [] record.status = "QUARANTINED" /\ record.messageId = Mine(o).message -> "quarantined"
         [] OTHER -> IF Runnable(o) THEN "again" ELSE "unclear"
=============================================================================
