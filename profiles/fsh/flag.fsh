Profile: S117Flag
Parent: Flag
Id: s117-flag
Title: "Section 117 Flag"
Description: "This person is owed aftercare under section 117 of the Mental Health Act 1983, and this body owes it, did, or may. One Flag an episode of aftercare. There is no Flag that says nobody is owed anything: not knowing is not a no."
* obeys s117-flag-status and s117-flag-admin and s117-flag-active-from and s117-flag-reason and s117-flag-reason-known and s117-flag-provenance and s117-nhs-number and s117-bodies
* contained 1..1 MS
* contained only Provenance
* contained ^short = "Who recorded this version, and when"
* extension contains
    S117RecordVersion named recordVersion 1..1 MS and
    S117Episode named episode 1..1 MS and
    S117FlagInactiveReason named inactiveReason 0..1 MS and
    S117LateNotice named lateNotice 0..1 MS and
    S117ResponsibleBody named responsibleBody 0..2 MS
* extension[recordVersion].url MS
* extension[episode].url MS
* extension[inactiveReason].url MS
* extension[lateNotice].url MS
* insert OurIdentifier($sid-flag)
* status MS
* category 1..* MS
* category ^short = "flag-category#admin is among them"
* code MS
* code = S117FlagCS#section-117-aftercare
* insert PersonByNhsNumber(subject)
* subject only Reference(Patient)
* period MS
* period ^short = "From leaving hospital, to the end of this episode"
* encounter 0..0
* author 0..0

Invariant: s117-flag-status
Description: "The status is one of the three of R4."
Severity: #error
Expression: "status = 'active' or status = 'inactive' or status = 'entered-in-error'"

Invariant: s117-flag-admin
Description: "The category is administrative."
Severity: #error
Expression: "category.coding.where(system = 'http://terminology.hl7.org/CodeSystem/flag-category' and code = 'admin').exists()"

Invariant: s117-flag-active-from
Description: "An active Flag says from which day."
Severity: #error
Expression: "status = 'active' implies period.start.exists()"

Invariant: s117-flag-reason
Description: "A Flag says why it is inactive, and only then."
Severity: #error
Expression: "(status = 'inactive') = extension.where(url = 'https://aftercare-bridge.example/fhir/StructureDefinition/s117-flag-inactive-reason').exists()"

Invariant: s117-flag-reason-known
Description: "The reason is one of the code system's."
Severity: #error
Expression: "extension.where(url = 'https://aftercare-bridge.example/fhir/StructureDefinition/s117-flag-inactive-reason').all(value.coding.where(system = 'https://aftercare-bridge.example/fhir/CodeSystem/s117-inactive-reason' and (code = 'redetained' or code = 'responsibility-moved' or code = 'moved-within-council' or code = 'joint-decision' or code = 'died' or code = 'discharge-cancelled')).exists())"

Invariant: s117-flag-provenance
Description: "The contained Provenance is about this Flag."
Severity: #error
Expression: "contained.all(target.reference = '#')"
