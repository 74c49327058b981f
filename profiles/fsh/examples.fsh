// Exactly what the service makes of one invented person: a test compares them.

RuleSet: Restricted
* meta.security = http://terminology.hl7.org/CodeSystem/v3-Confidentiality#R "restricted"

RuleSet: Invented(path)
* {path}.type = "Patient"
* {path}.identifier.system = $nhs-number
* {path}.identifier.value = "9990000018"

RuleSet: BothBodies
* extension[responsibleBody][0].extension[kind].valueCode = #council
* extension[responsibleBody][0].extension[standing].valueCode = #agreed
* extension[responsibleBody][0].extension[organization].valueReference.type = "Organization"
* extension[responsibleBody][0].extension[organization].valueReference.identifier.system = $ods
* extension[responsibleBody][0].extension[organization].valueReference.identifier.value = "406"
* extension[responsibleBody][0].extension[organization].valueReference.display = "Birmingham City Council"
* extension[responsibleBody][0].extension[basis].valueString = "ordinarily-resident-before-detention"
* extension[responsibleBody][0].extension[asWritten].valueString = "E08000025"
* extension[responsibleBody][0].extension[since].valueDate = "2026-03-01"
* extension[responsibleBody][1].extension[kind].valueCode = #icb
* extension[responsibleBody][1].extension[standing].valueCode = #provisional
* extension[responsibleBody][1].extension[organization].valueReference.type = "Organization"
* extension[responsibleBody][1].extension[organization].valueReference.identifier.system = $ods
* extension[responsibleBody][1].extension[organization].valueReference.identifier.value = "QHL"
* extension[responsibleBody][1].extension[basis].valueString = "ordinarily-resident-before-detention"
* extension[responsibleBody][1].extension[asWritten].valueString = "QHL"
* extension[responsibleBody][1].extension[since].valueDate = "2026-03-01"

RuleSet: RecordedAs(operation)
* contained.resourceType = "Provenance"
* contained.id = "provenance"
* contained.target.reference = "#"
* contained.recorded = "2026-11-21T09:00:00Z"
* contained.activity.coding = $data-operation{operation}
* contained.agent.who.type = "Organization"
* contained.agent.who.identifier.system = $ods
* contained.agent.who.identifier.value = "QHL"
* contained.agent.who.display = "NHS Birmingham and Solihull Integrated Care Board"

RuleSet: FlagOfTheExample
* insert Restricted
* extension[episode].valueReference.type = "EpisodeOfCare"
* extension[episode].valueReference.identifier.system = $sid-episode
* extension[episode].valueReference.identifier.value = "5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b001"
* identifier[ours].value = "5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b002"
* category = $flag-category#admin "Administrative"
* code = S117FlagCS#section-117-aftercare "Aftercare under section 117 of the Mental Health Act 1983"
* code.text = "Aftercare under section 117 of the Mental Health Act 1983"
* insert Invented(subject)
* period.start = "2026-03-01"

Instance: s117-patient-example
InstanceOf: S117Patient
Usage: #example
Title: "The person, as created where the receiver has nobody with the NHS number"
* insert Restricted
* identifier.system = $nhs-number
* identifier.value = "9990000018"
* name.family = "Example"
* name.given[0] = "Alex"
* name.given[1] = "Jo"
* birthDate = "1980-02-29"

Instance: s117-episode-of-care-example
InstanceOf: S117EpisodeOfCare
Usage: #example
Title: "Home since 1 March 2026; the ICB not yet determined by people"
* insert Restricted
* extension[recordVersion].valuePositiveInt = 1
* insert BothBodies
* identifier[ours].value = "5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b001"
* status = #active
* type = S117FlagCS#section-117-aftercare "Aftercare under section 117 of the Mental Health Act 1983"
* insert Invented(patient)
* managingOrganization.type = "Organization"
* managingOrganization.identifier.system = $ods
* managingOrganization.identifier.value = "406"
* managingOrganization.display = "Birmingham City Council"
* period.start = "2026-03-01"

Instance: s117-flag-example
InstanceOf: S117Flag
Usage: #example
Title: "Owed aftercare since 1 March 2026"
* insert RecordedAs(#CREATE)
* extension[recordVersion].valuePositiveInt = 1
* insert BothBodies
* status = #active
* insert FlagOfTheExample

Instance: s117-flag-moved-example
InstanceOf: S117Flag
Usage: #example
Title: "The same episode, as a council hears of it that is no longer responsible"
* insert RecordedAs(#UPDATE)
* extension[recordVersion].valuePositiveInt = 2
* extension[inactiveReason].valueCodeableConcept = S117InactiveReasonCS#responsibility-moved "Another body is responsible"
* status = #inactive
* insert FlagOfTheExample

Instance: s117-care-plan-example
InstanceOf: S117CarePlan
Usage: #example
Title: "A plan with two needs, one of them not met yet"
* insert Restricted
* contained.resourceType = "PractitionerRole"
* contained.id = "lead"
* contained.practitioner.display = "Sam Example"
* contained.code.text = "care coordinator"
* extension[recordVersion].valuePositiveInt = 1
* extension[reviewDue].valueDate = "2026-09-02"
* extension[asSent].valueString = "18e4e5451734108dfd626c76c595ab5a32ab2bd605b18105f5a60e2c8d86131e"
* identifier[ours].value = "5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b003"
* status = #active
* category = S117FlagCS#section-117-aftercare "Aftercare under section 117 of the Mental Health Act 1983"
* title = "Section 117 aftercare plan"
* insert Invented(subject)
* period.start = "2026-03-01"
* created = "2026-03-02"
* author.reference = "#lead"
* author.display = "Sam Example, care coordinator"
* activity[0].detail.extension[funding].valueCode = #s117
* activity[0].detail.extension[free].valueBoolean = true
* activity[0].detail.kind = #ServiceRequest
* activity[0].detail.code.text = "Supported living"
* activity[0].detail.reasonCode.text = "Somewhere safe to live"
* activity[0].detail.status = #unknown
* activity[0].detail.performer.type = "Organization"
* activity[0].detail.performer.display = "Example Homes"
* activity[1].detail.kind = #ServiceRequest
* activity[1].detail.reasonCode.text = "Company in the week"
* activity[1].detail.status = #unknown
* supportingInfo.type = "EpisodeOfCare"
* supportingInfo.identifier.system = $sid-episode
* supportingInfo.identifier.value = "5f0c6a0e-6f7e-4b53-9a3f-0d3a52d5b001"
