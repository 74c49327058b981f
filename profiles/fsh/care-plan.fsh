Profile: S117CarePlan
Parent: CarePlan
Id: s117-care-plan
Title: "Section 117 aftercare plan"
Description: "A draft until people have agreed a plan; then its needs and services, who leads it and when it is to be reviewed. The service writes the shell, people write the plan. No diagnosis."
* obeys s117-care-plan-status and s117-care-plan-from and s117-care-plan-funding and s117-about and s117-nhs-number
* extension contains
    S117RecordVersion named recordVersion 1..1 MS and
    S117ReviewDue named reviewDue 0..1 MS
* extension[recordVersion].url MS
* extension[reviewDue].url MS
* contained only PractitionerRole
* insert OurIdentifier($sid-care-plan)
* status MS
* intent = #plan
* category 1..* MS
* title 1..1 MS
* insert PersonByNhsNumber(subject)
* subject only Reference(Patient)
* encounter 0..0
* period MS
* created MS
* created ^short = "The day on which the plan was agreed"
* author MS
* author ^short = "Who leads the plan"
* supportingInfo 1..1 MS
* supportingInfo ^short = "The aftercare episode, by its identifier"
* addresses 0..0
* goal 0..0
* activity MS
* activity.detail 1..1
* activity.detail.extension contains
    S117Funding named funding 0..1 MS and
    S117Free named free 0..1 MS
* activity.detail.reasonCode 1..1 MS
* activity.detail.reasonCode ^short = "The need"
* activity.detail.code MS
* activity.detail.code ^short = "The service that meets it; absent while none is agreed"
* activity.detail.performer ^short = "Who provides it"

Invariant: s117-care-plan-status
Description: "The status is one that the register gives."
Severity: #error
Expression: "status = 'draft' or status = 'active' or status = 'on-hold' or status = 'revoked' or status = 'completed' or status = 'entered-in-error'"

Invariant: s117-care-plan-from
Description: "An active plan says from which day, and on which day it was agreed."
Severity: #error
Expression: "status = 'active' implies (period.start.exists() and created.exists())"

Invariant: s117-care-plan-funding
Description: "Funding is one of the code system's."
Severity: #error
Expression: "activity.detail.extension.where(url = 'https://aftercare-bridge.example/fhir/StructureDefinition/s117-funding').all(value = 's117' or value = 'care-act' or value = 'nhs')"
