Profile: S117CarePlan
Parent: CarePlan
Id: s117-care-plan
Title: "Section 117 aftercare plan"
Description: "A draft until people have agreed a plan; then its needs and services, who leads it and when it is to be reviewed. The service writes the shell, people write the plan. No diagnosis."
* obeys s117-care-plan-status and s117-care-plan-from and s117-care-plan-funding and s117-about and s117-nhs-number
* extension contains
    S117RecordVersion named recordVersion 1..1 MS and
    S117ReviewDue named reviewDue 0..1 MS and
    S117AsSent named asSent 0..1
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

Profile: S117AgreedPlan
Parent: CarePlan
Id: s117-agreed-plan
Title: "Section 117 aftercare plan, as a hospital, a council or an ICB sends it"
Description: "What people of either side have agreed. The newest agreed plan is the register's; what it leaves out is shown as lacking. No diagnosis."
* obeys s117-about and s117-nhs-number and s117-care-plan-funding and s117-agreed-plan-day
* extension contains
    S117ReviewDue named reviewDue 0..1 MS and
    S117CrisisPlan named crisisPlan 0..1 MS and
    S117CopyGiven named copyGiven 0..1 MS and
    S117Accommodation named accommodation 0..1 MS
* identifier 1..* MS
* identifier ^short = "The sender's own, by which a later version corrects this one"
* status MS
* status ^short = "active, on-hold or completed: agreed; revoked or entered-in-error: taken back; draft or unknown: tells nothing yet"
* intent MS
* category 1..* MS
* insert PersonByNhsNumber(subject)
* subject only Reference(Patient)
* created MS
* created ^short = "The day on which the plan was agreed"
* author MS
* author ^short = "Who leads the plan: a PractitionerRole with a name and a role"
* contributor MS
* contributor ^short = "Who took part in making it, by display"
* addresses 0..0
* activity MS
* activity.reference 0..0
* activity.detail 1..1
* activity.detail.extension contains
    S117Funding named funding 0..1 MS
* activity.detail.reasonCode 1..* MS
* activity.detail.reasonCode.text 1..1
* activity.detail.reasonCode ^short = "The need, in words; the same words in several activities are one need"
* activity.detail.code MS
* activity.detail.code ^short = "The service that meets it; absent while none is agreed"
* activity.detail.performer ^short = "Who provides it: the first by display"

Invariant: s117-agreed-plan-day
Description: "A plan that is agreed says on which day."
Severity: #error
Expression: "(status = 'active' or status = 'on-hold' or status = 'completed') implies created.exists()"
