----------------------------- MODULE OrderOnce -----------------------------
(*
  The life of one record: an event that comes in two messages, two processes that work on them, a broker that delivers
  whatever is not acknowledged to anybody at any time, a TTL that deletes late, a provider that forgets, an operator.

  Each action names the function that it stands for; that function names the action.
*)
EXTENDS Conditions

Nothing == [status |-> "none", attempt |-> None]
Idle == [pc |-> "idle", message |-> "none", attempt |-> None, end |-> 0, inside |-> FALSE, guarantee |-> "none",
         over |-> None, seen |-> Nothing, then |-> "none"]
Absent == [status |-> "absent", expiration |-> None, fingerprint |-> 0, attempt |-> None, firstAttemptAt |-> 0,
           leaseUntil |-> 0, guarantee |-> "none", messageId |-> "none", born |-> [fingerprint |-> 0, at |-> 0]]
Unsent == [state |-> "unsent", kind |-> "none", published |-> 0, carried |-> None]
Queued(kind) == [state |-> "queued", kind |-> kind, published |-> 0, carried |-> None]

(* What is in a queue is delivered at any time, so that a message which may come at any time is there from the start. *)
Init ==
  /\ now = 0
  /\ guarantee = First
  /\ record = Absent
  /\ \E second \in {Unsent} \union {Queued(kind) : kind \in Kinds \intersect {"duplicate", "conflicting"}} :
       messages = [m1 |-> Queued("first"), m2 |-> second]
  /\ deadLetters = {}
  /\ owners = [o \in Owners |-> Idle]
  /\ keyUntil = 0 /\ desk = None /\ effect = [times |-> 0, of |-> {}, lastAt |-> 0] /\ resolved = FALSE

(* An attempt that nobody holds: random ones never meet. Each owner has some of its own: fewer states are the same. *)
Tokens(o) == IF o = "o1" THEN {1, 3, 5, 7, 9} ELSE {2, 4, 6, 8, 10}
Held == {record.attempt, desk} \union {messages[m].carried : m \in Messages}
          \union {owners[o].attempt : o \in Owners} \union {owners[o].seen.attempt : o \in Owners}
Fresh(o) == CHOOSE t \in Tokens(o) \ Held : \A u \in Tokens(o) \ Held : t <= u

At(o, pc) == owners[o].pc = pc
Go(o, pc) == owners' = [owners EXCEPT ![o].pc = pc]
Stay == UNCHANGED owners
GiveBack(o) == owners' = [owners EXCEPT ![o] = Idle]
GoAcknowledge(o) == owners' = [owners EXCEPT ![o] = [Idle EXCEPT !.pc = "acknowledge", !.message = Mine(o).message]]
Follow(o, next) == IF next = "acknowledge" THEN GoAcknowledge(o) ELSE Go(o, next)

(* What may fail does so as often as it likes, for a time. *)
Fails(how) == how \in Failures /\ now <= LastFault
MayEnd(next) == next = "copy" => Fails("poison")

(* The answer of a write: heard, or lost, and then the write is tried again. *)
Lost == Fails("answer") /\ Stay
Answered(o, heard, next) == IF heard THEN Follow(o, next) ELSE Lost

World == <<now, guarantee, messages, deadLetters, desk, resolved>>
Outside == <<keyUntil, effect>>
(* All but owners and record; all but owners. *)
Rest == <<World, Outside>>
Seen == <<Rest, record>>

Exactly(o) == Mine(o).guarantee = "exactly-once"

-----------------------------------------------------------------------------
(* What a write leaves in the record; `born` is the model's own: what began its life, and when. *)
Life(o) == [fingerprint |-> OfMine(o), at |-> Clock(o)]

(* begun of stores/dynamodb/steps.ts, over a record that is there or not; firstAttemptAt is kept. *)
Begun(o, status) ==
  [status |-> status, expiration |-> Clock(o) + Ttl, fingerprint |-> OfMine(o), attempt |-> Mine(o).attempt,
   firstAttemptAt |-> IF ABSENT THEN Clock(o) ELSE record.firstAttemptAt,
   leaseUntil |-> IF status = "INPROGRESS" THEN LeaseEnd(o) ELSE record.leaseUntil,
   guarantee |-> Mine(o).guarantee, messageId |-> Mine(o).message,
   born |-> IF ABSENT \/ Expired(o) THEN Life(o) ELSE record.born]

(* newLife of stores/dynamodb/steps.ts. *)
NewLife(o, status) ==
  [Begun(o, status) EXCEPT !.firstAttemptAt = Clock(o), !.born = Life(o),
                           !.leaseUntil = IF status = "INPROGRESS" THEN LeaseEnd(o) ELSE 0]

(* Where an expired life was seen, only that one is replaced; outside of the window none is. *)
Replaces(o) == Mine(o).over # None /\ InsideWindow(o)

(*
  The effect, in the transaction or at the provider. A provider that knows the key answers as before. A publication
  that comes when the record's time is over is another event to everybody: it begins a new life, in which the count
  begins anew.
*)
Happens(o) ==
  LET known == Mine(o).guarantee = "at-least-once" /\ now < keyUntil
      span == Ttl - AllowedSkew - IF Exactly(o) THEN 0 ELSE Invocation
      anew == /\ messages.m2.kind = "republished" /\ now >= effect.lastAt + span
              /\ Message(o).kind = "republished" \/ (~ABSENT /\ ~Expired(o))
  IN IF known THEN UNCHANGED Outside
     ELSE /\ keyUntil' = IF Mine(o).guarantee = "at-least-once" THEN now + Retention ELSE keyUntil
          /\ effect' = [times |-> IF effect.times > 0 /\ anew THEN 1 ELSE effect.times + 1,
                         of |-> effect.of \union {OfMine(o)},
                         lastAt |-> IF "republished" \in Kinds THEN now ELSE 0]

-----------------------------------------------------------------------------
(* delivery/deliver.ts: deliver. *)
Deliver(o, m) ==
  /\ At(o, "idle") /\ messages[m].state = "queued"
  /\ \A p \in Owners : Mine(p).message = m => ~InTime(p)
  /\ owners' = [owners EXCEPT ![o] =
       [Idle EXCEPT !.message = m, !.attempt = Fresh(o), !.end = Clock(o) + Invocation, !.guarantee = guarantee,
                    !.pc = IF guarantee = "exactly-once" THEN "commit" ELSE "claim",
                    !.inside = Is("no window") \/ Clock(o) - messages[m].published < Ttl - Margin]]
  /\ UNCHANGED Seen

(* consumer/group-scheduler.ts: scheduleGroups. The message is deleted. *)
Acknowledge(o) ==
  /\ At(o, "acknowledge")
  /\ messages' = [messages EXCEPT ![Mine(o).message].state = "acknowledged"]
  /\ GiveBack(o)
  /\ UNCHANGED <<now, guarantee, deadLetters, desk, resolved, Outside, record>>

(* guarantees/record/retry.ts: pause. The deadline is over, nothing new begins. *)
GiveUp(o) ==
  /\ owners[o].pc \in {"commit", "claim", "reopen", "record"} /\ ~InTime(o)
  /\ GiveBack(o) /\ UNCHANGED Seen

-----------------------------------------------------------------------------
MayBegin(o) == InTime(o) \/ Is("begin late")

(* guarantees/exactly-once/commit.ts: commit. The handler has returned its effects; they and the record are one write. *)
Commit(o, heard) ==
  /\ At(o, "commit") /\ MayBegin(o) /\ ~Replaces(o) /\ MayCommit(o)
  /\ record' = Begun(o, "COMPLETED")
  /\ Happens(o) /\ Answered(o, heard, "acknowledge") /\ UNCHANGED World

(* guarantees/exactly-once/commit.ts: commit. Over an expired record that TTL has not deleted. *)
CommitOverExpired(o, heard) ==
  /\ At(o, "commit") /\ MayBegin(o) /\ Replaces(o) /\ EXPIRED_AS_SEEN(o)
  /\ record' = NewLife(o, "COMPLETED")
  /\ Happens(o) /\ Answered(o, heard, "acknowledge") /\ UNCHANGED World

(* guarantees/record/count-attempt.ts: countAttempt. A suspect, once, and goes on; a failed handler, maybe for the last time. *)
CountAttempt(o, next) ==
  /\ At(o, "commit") /\ MayBegin(o) /\ ~Replaces(o) /\ MayCount(o)
  /\ record' = Begun(o, "RETRYING")
  /\ IF next = "commit" THEN Mine(o).then # "counted" /\ (Lost \/ owners' = [owners EXCEPT ![o].then = "counted"])
     ELSE Fails("not done") /\ MayEnd(next) /\ owners' = [owners EXCEPT ![o] = IF next = "copy" THEN [@ EXCEPT !.pc = next, !.then = "record"] ELSE Idle]
  /\ UNCHANGED Rest

(* guarantees/exactly-once/exactly-once.ts: exactlyOnce. A PermanentError; nothing is written. *)
Refuse(o) ==
  /\ At(o, "commit") /\ Fails("poison")
  /\ owners' = [owners EXCEPT ![o].pc = "copy", ![o].then = "record", ![o].over = None]
  /\ UNCHANGED Seen

-----------------------------------------------------------------------------
Claims(o) == At(o, "claim") \/ At(o, "reopen")
Claimed(o) == IF Exactly(o) THEN "reopened" ELSE "call"

(* guarantees/record/lease.ts: claim. Of what nobody has begun, or what waits for another try. *)
Claim(o, heard) ==
  /\ Claims(o) /\ MayBegin(o) /\ ~Replaces(o) /\ MayClaim(o)
  /\ record' = Begun(o, "INPROGRESS")
  /\ Answered(o, heard, Claimed(o)) /\ UNCHANGED Rest

(* guarantees/record/lease.ts: claim. Over an expired record that TTL has not deleted. *)
ClaimOverExpired(o, heard) ==
  /\ Claims(o) /\ MayBegin(o) /\ Replaces(o) /\ EXPIRED_AS_SEEN(o)
  /\ record' = NewLife(o, "INPROGRESS")
  /\ Answered(o, heard, Claimed(o)) /\ UNCHANGED Rest

(* guarantees/record/lease.ts: claim. Of an owner that is dead or late. *)
TakeOver(o, heard) ==
  /\ Claims(o) /\ MayBegin(o) /\ ~Replaces(o) /\ MayTakeOver(o)
  /\ record' = Begun(o, "INPROGRESS")
  /\ Answered(o, heard, Claimed(o)) /\ UNCHANGED Rest

(* stores/dynamodb/steps.ts: claimAgain. Its first attempt is now. *)
ClaimAgain(o, heard) ==
  /\ Claims(o) /\ MayBegin(o) /\ MayClaimAgain(o)
  /\ record' = [Begun(o, "INPROGRESS") EXCEPT !.firstAttemptAt = Clock(o), !.born.at = Clock(o)]
  /\ Answered(o, heard, Claimed(o)) /\ UNCHANGED Rest

-----------------------------------------------------------------------------
(* Where an error leaves it open whether it happened. *)
Unclear(o, after) ==
  owners' = [owners EXCEPT ![o] =
    IF Mine(o).guarantee = "at-most-once" /\ ~Is("release the unclear")
    THEN [@ EXCEPT !.pc = IF Is("acknowledge before the record") THEN "acknowledge" ELSE "hold",
                   !.seen = [status |-> "INPROGRESS", attempt |-> Mine(o).attempt]]
    ELSE [@ EXCEPT !.pc = "release", !.then = after]]
CallsInTime(o) == InTime(o) \/ SlowCalls \/ Is("call late")

(* guarantees/external/external-effect.ts: settleExternal. The call happened, and its answer came. *)
Call(o) ==
  /\ At(o, "call") /\ CallsInTime(o) /\ Happens(o)
  /\ Follow(o, IF Is("acknowledge before the record") THEN "acknowledge" ELSE "complete")
  /\ UNCHANGED <<World, record>>

(* guarantees/external/external-effect.ts: settleError. It happened, and its answer was lost. *)
CallUnheard(o, after) ==
  /\ At(o, "call") /\ CallsInTime(o) /\ Fails("unclear") /\ MayEnd(after) /\ Happens(o) /\ Unclear(o, after) /\ UNCHANGED <<World, record>>

(* guarantees/external/external-effect.ts: settleError. It did not happen, and nobody can know. *)
CallLost(o, after) == At(o, "call") /\ Fails("unclear") /\ MayEnd(after) /\ Unclear(o, after) /\ UNCHANGED Seen

(* guarantees/external/external-effect.ts: settleError. NotExecutedError, PermanentError. *)
NotDone(o, after) ==
  /\ At(o, "call") /\ Fails("not done") /\ MayEnd(after)
  /\ owners' = [owners EXCEPT ![o].pc = "release", ![o].then = after]
  /\ UNCHANGED Seen

(* guarantees/external/external-effect.ts: settleExternal. The claim took the whole invocation. *)
TooLate(o) ==
  /\ At(o, "call") /\ ~InTime(o)
  /\ owners' = [owners EXCEPT ![o].pc = "release", ![o].then = "give back"]
  /\ UNCHANGED Seen

(* guarantees/record/lease.ts: complete. *)
Complete(o, heard) ==
  /\ At(o, "complete") /\ MayComplete(o)
  /\ record' = [record EXCEPT !.status = "COMPLETED", !.expiration = Clock(o) + Ttl, !.leaseUntil = 0]
  /\ Answered(o, heard, "acknowledge") /\ UNCHANGED Rest

Released(o) == [record EXCEPT !.status = "RETRYING", !.expiration = Clock(o) + Ttl, !.leaseUntil = 0]
AfterRelease(o) ==
  IF Mine(o).then = "copy" THEN owners' = [owners EXCEPT ![o].pc = "copy", ![o].then = "record"] ELSE GiveBack(o)

(* guarantees/record/lease.ts: release. *)
Release(o, heard) ==
  /\ At(o, "release") /\ MayRelease(o)
  /\ record' = Released(o)
  /\ IF heard THEN AfterRelease(o) ELSE Lost
  /\ UNCHANGED Rest

(* guarantees/record/reopen.ts: reopen. The claim of an exactly-once delivery is given back at once, and it commits. *)
Reopen(o, heard) ==
  /\ At(o, "reopened") /\ MayRelease(o)
  /\ record' = Released(o)
  /\ Answered(o, heard, "commit") /\ UNCHANGED Rest

(* guarantees/record/delivery-attempt.ts: markUnknown. Its attempt stays. *)
Hold(o, heard) ==
  /\ At(o, "hold") /\ MayHold(o)
  /\ record' = [record EXCEPT !.status = "OUTCOME_UNKNOWN", !.leaseUntil = 0, !.messageId = Mine(o).message,
                              !.expiration = IF Is("unknown expires") THEN @ ELSE None,
                              !.attempt = IF Is("hold takes the attempt") THEN Mine(o).attempt ELSE @]
  /\ Answered(o, heard, "acknowledge") /\ UNCHANGED Rest

-----------------------------------------------------------------------------
Wants(o) == CASE At(o, "complete") -> [status |-> "COMPLETED", attempt |-> Mine(o).attempt]
              [] At(o, "release") \/ At(o, "reopened") -> [status |-> "RETRYING", attempt |-> Mine(o).attempt]
              [] OTHER -> [status |-> "OUTCOME_UNKNOWN", attempt |-> Mine(o).seen.attempt]
RefusedAsOwner(o) ==
  \/ At(o, "complete") /\ ~MayComplete(o)
  \/ (At(o, "release") \/ At(o, "reopened")) /\ ~MayRelease(o)
  \/ At(o, "hold") /\ ~MayHold(o)
Stands(o) == (record.status = Wants(o).status /\ record.attempt = Wants(o).attempt) \/ (At(o, "release") /\ ABSENT)

(* guarantees/record/delivery-attempt.ts: ownerWrite. It was written before, and the answer was lost. *)
Recognise(o) ==
  /\ RefusedAsOwner(o) /\ Stands(o)
  /\ CASE At(o, "release") -> AfterRelease(o)
       [] At(o, "reopened") -> Go(o, "commit")
       [] OTHER -> GoAcknowledge(o)
  /\ UNCHANGED Seen

(* guarantees/external/external-effect.ts: fenced. The record is another's: nothing is written, and nothing acknowledged. *)
Fenced(o) ==
  /\ RefusedAsOwner(o) /\ ~Stands(o)
  /\ CASE At(o, "reopened") -> Go(o, "commit")
       [] At(o, "hold") /\ Mine(o).seen.attempt # Mine(o).attempt ->
            owners' = [owners EXCEPT ![o].pc = IF Exactly(o) THEN "commit" ELSE "claim", ![o].seen = Nothing]
       [] OTHER -> IF Is("acknowledge the fenced") THEN GoAcknowledge(o) ELSE GiveBack(o)
  /\ UNCHANGED Seen

-----------------------------------------------------------------------------
(* The write that would begin was refused, and the record came with the refusal. *)
Refused(o) ==
  /\ At(o, "commit") \/ At(o, "claim")
  /\ MayBegin(o)
  /\ IF Replaces(o) THEN ~EXPIRED_AS_SEEN(o)
     ELSE IF At(o, "commit") THEN ~MayCommit(o)
     ELSE ~MayClaim(o) /\ ~MayTakeOver(o) /\ ~MayClaimAgain(o)
Finds(o, finding) == Refused(o) /\ Judge(o) = finding /\ UNCHANGED Seen

(* guarantees/record/interpret-record.ts: interpretRecord. What follows in its group waits with it: consumer/group-scheduler.ts. *)
FindLeased(o) == Finds(o, "leased") /\ IF Is("acknowledge the leased") THEN GoAcknowledge(o) ELSE GiveBack(o)

(* guarantees/record/interpret-record.ts: interpretRecord. *)
FindSettled(o) ==
  \E finding \in {"duplicate", "unknown", "quarantined"} : Finds(o, finding) /\ GoAcknowledge(o)

(* guarantees/record/interpret-record.ts: interpretRecord. An earlier write of this delivery, whose answer was lost. *)
FindMine(o) ==
  Finds(o, "mine") /\ Follow(o, CASE At(o, "claim") -> "call" [] IN_PROGRESS -> "reopened" [] OTHER -> "acknowledge")

(* guarantees/record/interpret-record.ts: interpretRecord. A conflict, or a message older than its record could be: a copy, and no record. *)
FindForeign(o) ==
  \E finding \in {"conflict", "out of window"} :
    Finds(o, finding) /\ owners' = [owners EXCEPT ![o] = [Idle EXCEPT !.pc = "copy", !.message = Mine(o).message, !.then = "acknowledge"]]

(* guarantees/record/interpret-record.ts: interpretRecord. *)
FindUnclear(o) ==
  /\ Finds(o, "unclear")
  /\ owners' = [owners EXCEPT ![o].pc = "hold", ![o].seen = [status |-> record.status, attempt |-> record.attempt]]

(* guarantees/record/interpret-record.ts: interpretRecord. Its expiration is what the next try replaces. *)
FindExpired(o) == Finds(o, "expired") /\ owners' = [owners EXCEPT ![o].over = record.expiration]

(* guarantees/record/interpret-record.ts: interpretRecord. It changed since: the next try is like the first one, or reopens it. *)
FindChanged(o) ==
  /\ Finds(o, "again")
  /\ \/ Mine(o).over # None
     \/ At(o, "commit") /\ UNDER_WORK_OR_UNKNOWN /\ ~Is("no reopening")
  /\ owners' = [owners EXCEPT ![o].over = None,
                              ![o].pc = IF At(o, "commit") /\ UNDER_WORK_OR_UNKNOWN THEN "reopen" ELSE @]

(* guarantees/record/reopen.ts: reopen. Another one was faster; the next write finds out. *)
ReopenedByAnother(o) ==
  /\ At(o, "reopen") /\ MayBegin(o) /\ ~MayClaim(o) /\ ~MayTakeOver(o) /\ ~MayClaimAgain(o)
  /\ Go(o, IF Judge(o) = "mine" THEN "reopened" ELSE "commit")
  /\ UNCHANGED Seen

-----------------------------------------------------------------------------
(* settlement/execute-disposition.ts: moveToDeadLetterQueue. Where its answer is lost the message stays. *)
Copy(o, heard) ==
  /\ At(o, "copy") /\ ~(Is("record before copy") /\ Mine(o).then = "record")
  /\ deadLetters' = deadLetters \union {Mine(o).message}
  /\ IF heard THEN Follow(o, Mine(o).then) ELSE Fails("answer") /\ GiveBack(o)
  /\ UNCHANGED <<now, guarantee, messages, desk, resolved, Outside, record>>

Records(o) == At(o, "record") \/ (Is("record before copy") /\ At(o, "copy") /\ Mine(o).then = "record")
(* guarantees/record/record-quarantine.ts: recordQuarantine. *)
Quarantine(o, heard) ==
  /\ Records(o) /\ MayBegin(o)
  /\ IF Replaces(o) THEN EXPIRED_AS_SEEN(o) /\ record' = NewLife(o, "QUARANTINED")
     ELSE MayCommit(o) /\ record' = Begun(o, "QUARANTINED")
  /\ IF At(o, "copy") THEN heard /\ owners' = [owners EXCEPT ![o].then = "acknowledge"]
     ELSE Answered(o, heard, "acknowledge")
  /\ UNCHANGED Rest

(* guarantees/record/record-quarantine.ts: recordQuarantine. A record that takes no such write needs none, unless it has expired. *)
QuarantineRefused(o) ==
  /\ At(o, "record") /\ MayBegin(o)
  /\ IF Replaces(o) THEN ~EXPIRED_AS_SEEN(o) ELSE ~MayCommit(o)
  /\ IF Judge(o) = "expired" THEN owners' = [owners EXCEPT ![o].over = record.expiration]
     ELSE IF Judge(o) = "again" /\ Replaces(o) THEN owners' = [owners EXCEPT ![o].over = None]
     ELSE GoAcknowledge(o)
  /\ UNCHANGED Seen

-----------------------------------------------------------------------------
(* The step that an owner takes when it is its turn. *)
Step(o) ==
  \/ Acknowledge(o) \/ GiveUp(o)
  \/ \E heard \in BOOLEAN :
       \/ Commit(o, heard) \/ CommitOverExpired(o, heard)
       \/ Claim(o, heard) \/ ClaimOverExpired(o, heard) \/ TakeOver(o, heard) \/ ClaimAgain(o, heard)
       \/ Complete(o, heard) \/ Release(o, heard) \/ Reopen(o, heard) \/ Hold(o, heard)
       \/ Copy(o, heard) \/ Quarantine(o, heard)
  \/ \E next \in {"commit", "give back", "copy"} : CountAttempt(o, next)
  \/ \E after \in {"give back", "copy"} : CallUnheard(o, after) \/ CallLost(o, after) \/ NotDone(o, after)
  \/ Refuse(o) \/ Call(o) \/ TooLate(o) \/ Recognise(o) \/ Fenced(o)
  \/ FindLeased(o) \/ FindSettled(o) \/ FindMine(o) \/ FindForeign(o) \/ FindUnclear(o) \/ FindExpired(o)
  \/ FindChanged(o) \/ ReopenedByAnother(o) \/ QuarantineRefused(o)

(* Lambda ends the process, or the machine does. *)
Crash(o) ==
  /\ ~At(o, "idle") /\ now <= LastFault
  /\ GiveBack(o)
  /\ UNCHANGED Seen

Tick ==
  /\ now < MaxTime /\ now' = now + 1
  /\ UNCHANGED <<guarantee, messages, deadLetters, desk, resolved, Outside, record, owners>>

(* DynamoDB's time to live: some time after the expiration, or never. *)
TtlDeletes ==
  /\ record.expiration # None /\ record.expiration <= now
  /\ record' = Absent /\ UNCHANGED <<Rest, owners>>

Send(kind, published, carried) ==
  /\ kind \in Kinds /\ messages.m2.state = "unsent"
  /\ messages' = [messages EXCEPT !.m2 = [state |-> "queued", kind |-> kind, published |-> published, carried |-> carried]]
  /\ UNCHANGED <<now, guarantee, desk, resolved, Outside, record, owners>>

(* publisher/publish.ts: publish. Once more when the broker has forgotten it, as a new publication. *)
PublishAgain == Send("republished", now, None) /\ UNCHANGED deadLetters

(* An operator's: a new message, with the copy's attributes; then the copy is deleted. *)
Redrive ==
  /\ "m1" \in deadLetters /\ "redriven" \in Kinds /\ messages.m2.state = "unsent"
  /\ deadLetters' = deadLetters \ {"m1"}
  /\ IF Is("old deduplication id") THEN UNCHANGED <<now, guarantee, messages, desk, resolved, Outside, record, owners>>
     ELSE Send("redriven", messages.m1.published, None)

(* operator/resolve-unknown.ts: resolve. As retry. *)
SendAgain == UNKNOWN /\ Send("retried", now, record.attempt) /\ UNCHANGED deadLetters

(* operator/resolve-unknown.ts: resolve. As done: it looks, *)
LookUp ==
  /\ "done" \in Kinds /\ UNKNOWN /\ desk = None /\ ~resolved /\ desk' = record.attempt
  /\ UNCHANGED <<now, guarantee, messages, deadLetters, resolved, Outside, record, owners>>

(* operator/resolve-unknown.ts: complete. And writes what it saw. *)
ResolveDone ==
  /\ desk # None /\ desk' = None
  /\ IF MayResolve THEN /\ record' = [record EXCEPT !.status = "COMPLETED", !.expiration = now + Ttl]
                        /\ resolved' = TRUE
     ELSE UNCHANGED <<record, resolved>>
  /\ UNCHANGED <<now, guarantee, messages, deadLetters, Outside, owners>>

Deploy ==
  /\ guarantee # Then /\ guarantee' = Then
  /\ UNCHANGED <<now, messages, deadLetters, desk, resolved, Outside, record, owners>>

Next ==
  \/ \E o \in Owners : Step(o) \/ Crash(o) \/ \E m \in Messages : Deliver(o, m)
  \/ Tick \/ TtlDeletes \/ PublishAgain \/ Redrive \/ SendAgain \/ LookUp \/ ResolveDone \/ Deploy

Spec ==
  /\ Init /\ [][Next]_vars
  /\ \A o \in Owners : WF_vars(Step(o))
  /\ \A m \in Messages : WF_vars(\E o \in Owners : Deliver(o, m))
  /\ WF_vars(Tick)

-----------------------------------------------------------------------------
Retried == messages.m2.kind = "retried"

(* Applied, charged, mailed: once, and once more where an operator sent it again. *)
HappensOnce == effect.times <= 1 + IF Retried THEN 1 ELSE 0

(* A record is of one content, for as long as it lives. *)
SameContent == ~ABSENT => record.fingerprint = record.born.fingerprint

(* A life inherits nothing of the one before it. *)
NothingInherited == ~ABSENT => record.firstAttemptAt = record.born.at

(* What the record calls quarantined is in the dead-letter queue, or was sent again from there. *)
Redriven(m) == m = "m1" /\ messages.m2.kind = "redriven"
CopiedFirst == record.status = "QUARANTINED" => record.messageId \in deadLetters \/ Redriven(record.messageId)

(* What is acknowledged is applied, unknown, said to be done, in the dead-letter queue, or still to come. *)
Accounted ==
  \A m \in Messages : messages[m].state = "acknowledged" =>
    \/ \E n \in Messages : Fingerprint(n) = Fingerprint(m) /\ (messages[n].state = "queued" \/ n \in deadLetters)
    \/ Fingerprint(m) \in effect.of
    \/ Fingerprint(m) = 1 /\ (resolved \/ UNKNOWN)

(* An unknown outcome keeps the attempt of whoever began it: one that is only slow can say what it did. *)
UnknownIsItsOwners == [][record'.status = "OUTCOME_UNKNOWN" => record'.attempt = record.attempt]_record

(* While the invocation of its owner may run, by any clock, a record is written by nobody else. *)
OwnersAlone ==
  [][\A o \in Owners :
       /\ IN_PROGRESS /\ record.attempt = Mine(o).attempt
       /\ (\A p \in Owners : Clock(p) < Mine(o).end + AllowedSkew)
       => \A p \in Owners \ {o} : owners'[p] = owners[p]]_record

(* As long as it counts on every clock. *)
CompletedStands ==
  [][record.status = "COMPLETED" /\ (\A o \in Owners : ~Expired(o)) => record' = record]_record

(* Its own message never runs again. *)
QuarantineStands ==
  [][record.status = "QUARANTINED" /\ (\A o \in Owners : ~Expired(o)) => record'.messageId # record.messageId]_record

(* Only its own owner, who knows, and an operator who looked at this very outcome move it. *)
UnknownStands ==
  [][UNKNOWN => \/ record'.status = "COMPLETED" /\ desk' = desk
                     /\ \E o \in Owners : At(o, "complete") /\ Mine(o).attempt = record.attempt
                \/ record'.status = "COMPLETED" /\ desk = record.attempt
                \/ record'.status = "INPROGRESS" /\ messages.m2.carried = record.attempt]_record

(* Once nothing fails any more, each message is acknowledged; `Accounted` says as what. *)
Settles == <>[](\A m \in Messages : messages[m].state # "queued")
=============================================================================
