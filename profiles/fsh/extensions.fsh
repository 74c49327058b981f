Extension: S117RecordVersion
Id: s117-record-version
Title: "Record version"
Description: "The version of what this body was told about this person. It only rises: a resource with a lower number than the one already held is old and can be ignored."
Context: Flag, CarePlan, EpisodeOfCare, Task
* value[x] 1..1
* value[x] only positiveInt

Extension: S117FlagInactiveReason
Id: s117-flag-inactive-reason
Title: "Why the Flag is inactive"
Description: "Present when, and only when, the Flag is inactive."
Context: Flag
* value[x] 1..1
* value[x] only CodeableConcept
* valueCodeableConcept from S117InactiveReasonVS (required)

Extension: S117Episode
Id: s117-episode
Title: "The aftercare episode"
Description: "The EpisodeOfCare that the Flag is about, by its identifier. One Flag an episode."
Context: Flag
* value[x] 1..1
* value[x] only Reference(EpisodeOfCare)
* valueReference.identifier 1..1
* valueReference.identifier.system 1..1
* valueReference.identifier.system = $sid-episode
* valueReference.identifier.value 1..1

Extension: S117ResponsibleBody
Id: s117-responsible-body
Title: "Responsible body"
Description: "One of the two bodies that owe the aftercare, how firmly that is known, and on what basis. The code as received is kept beside the body that answers for it today."
Context: Flag, EpisodeOfCare
* extension contains
    kind 1..1 and
    organization 0..1 and
    standing 1..1 and
    basis 0..1 and
    asWritten 0..1 and
    since 0..1 and
    candidate 0..*
* extension[kind].value[x] 1..1
* extension[kind].value[x] only code
* extension[kind].valueCode from S117BodyKindVS (required)
* extension[kind] ^short = "council or icb"
* extension[organization].value[x] 1..1
* extension[organization].value[x] only Reference(Organization)
* extension[organization] ^short = "The body that answers today, by ODS code; while that is disputed, the one that was named first, if any; absent while nobody is known"
* extension[standing].value[x] 1..1
* extension[standing].value[x] only code
* extension[standing].valueCode from S117StandingVS (required)
* extension[basis].value[x] 1..1
* extension[basis].value[x] only string
* extension[basis] ^short = "Why this body, for example ordinarily-resident-before-detention"
* extension[asWritten].value[x] 1..1
* extension[asWritten].value[x] only string
* extension[asWritten] ^short = "The organisation code exactly as it was received"
* extension[since].value[x] 1..1
* extension[since].value[x] only date
* extension[since] ^short = "The first day of this body's responsibility, where known"
* extension[candidate].value[x] 1..1
* extension[candidate].value[x] only Reference(Organization)
* extension[candidate] ^short = "Each body that may be responsible while that is disputed, or while a body that was split has no known successor"

Extension: S117LegalBasis
Id: s117-legal-basis
Title: "Qualifying detention"
Description: "The detention that the entitlement rests on. Sent only where the partnership of council and ICB has agreed to it."
Context: EpisodeOfCare
* extension contains
    basis 1..1 and
    period 1..1
* extension[basis].value[x] 1..1
* extension[basis].value[x] only code
* extension[basis].valueCode from S117LegalBasisVS (required)
* extension[period].value[x] 1..1
* extension[period].value[x] only Period

Extension: S117ReviewDue
Id: s117-review-due
Title: "Review due"
Description: "The day by which the plan is to be reviewed. A date only: whether it is overdue depends on the day on which it is read."
Context: CarePlan
* value[x] 1..1
* value[x] only date

Extension: S117LateNotice
Id: s117-late-notice
Title: "Told late"
Description: "The day on which the detention was first told, where that was after the person had left hospital. Aftercare has been owed, and free, since the start of the period: look at what has been charged since."
Context: Flag
* value[x] 1..1
* value[x] only date

Extension: S117Free
Id: s117-free
Title: "Free of charge"
Description: "This service is aftercare under section 117: the person may not be charged for it."
Context: CarePlan.activity.detail
* value[x] 1..1
* value[x] only boolean

Extension: S117Funding
Id: s117-funding
Title: "Paid for under"
Description: "The duty under which a planned service is paid for. A service under section 117 may not be charged for."
Context: CarePlan.activity.detail
* value[x] 1..1
* value[x] only code
* valueCode from S117FundingVS (required)

Extension: S117AsSent
Id: s117-as-sent
Title: "As it was sent"
Description: "A digest of what the plan said when it was sent. It comes back with the plan, which is then known to say nothing new; once the plan is changed it no longer fits, and needs no care."
Context: CarePlan
* value[x] 1..1
* value[x] only string

Extension: S117CrisisPlan
Id: s117-crisis-plan
Title: "Crisis plan"
Description: "What is to be done in a crisis, and whom to ring."
Context: CarePlan
* value[x] 1..1
* value[x] only string

Extension: S117CopyGiven
Id: s117-copy-given
Title: "Copy given"
Description: "The day on which the person was given a copy of the plan."
Context: CarePlan
* value[x] 1..1
* value[x] only date

Extension: S117Accommodation
Id: s117-accommodation
Title: "Accommodation"
Description: "Whether the accommodation meets a need that arises from the mental disorder, and why."
Context: CarePlan
* extension contains
    meetsNeed 1..1 and
    because 1..1
* extension[meetsNeed].value[x] 1..1
* extension[meetsNeed].value[x] only boolean
* extension[because].value[x] 1..1
* extension[because].value[x] only string
