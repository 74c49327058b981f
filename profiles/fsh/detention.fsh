Extension: S117Detention
Id: s117-detention
Title: "Mental Health Act period"
Description: "One detention, or other legal status, as the sending hospital knows it at the time of sending: which section, from when and until when. It says what UK Core's legal status on admission and on discharge cannot: what happened in between, and when. Each statement is the whole period; of several about one identifier the latest counts."
Context: Encounter
* extension contains
    identifier 1..1 and
    section 0..1 and
    period 0..1 and
    endReason 0..1 and
    withdrawn 0..1 and
    S117CommunityStatus named community 0..* and
    council 0..1 and
    postcode 0..1 and
    commissioner 0..1
* obeys s117-detention-whole
* extension[identifier].value[x] 1..1
* extension[identifier].value[x] only Identifier
* extension[identifier].valueIdentifier.value 1..1
* extension[identifier] ^short = "Unique in the sending hospital, and the same for as long as the period lasts; ZMH-2 in HL7 v2"
* extension[section].value[x] 1..1
* extension[section].value[x] only Coding
* extension[section].valueCoding.code 1..1
* extension[section] ^short = "Legal status classification. Always with its system: 35 is guardianship in the list of England and a community treatment order in that of Wales"
* extension[period].value[x] 1..1
* extension[period].value[x] only Period
* extension[period].valuePeriod.start 1..1
* extension[period] ^short = "No end: it is still running"
* extension[endReason].value[x] 1..1
* extension[endReason].value[x] only CodeableConcept
* extension[endReason] ^short = "Why it ended"
* extension[withdrawn].value[x] 1..1
* extension[withdrawn].value[x] only boolean
* extension[withdrawn] ^short = "True: this period should not have been recorded. A person is asked what that means; nothing is dropped by itself"
* extension[community] ^short = "What hangs off the period outside hospital: a community treatment order, a conditional discharge, leave"
* extension[council].value[x] 1..1
* extension[council].value[x] only Identifier
* extension[council].valueIdentifier.system 1..1
* extension[council].valueIdentifier.value 1..1
* extension[council] ^short = "Council of ordinary residence immediately before this detention, by GSS or ODS code"
* extension[postcode].value[x] 1..1
* extension[postcode].value[x] only string
* extension[postcode] ^short = "Postcode of residence immediately before this detention"
* extension[commissioner].value[x] 1..1
* extension[commissioner].value[x] only Identifier
* extension[commissioner].valueIdentifier.system 1..1
* extension[commissioner].valueIdentifier.value 1..1
* extension[commissioner] ^short = "NHS commissioner as the hospital has it, by ODS code"

Extension: S117CommunityStatus
Id: s117-community-status
Title: "Status outside hospital"
Description: "What hangs off a Mental Health Act period while the person is not, or not wholly, in hospital, and from when until when. The period stays open underneath it."
Context: S117Detention
* extension contains
    status 1..1 and
    period 0..1 and
    withdrawn 0..1
* obeys s117-community-status-whole
* extension[status].value[x] 1..1
* extension[status].value[x] only code
* extension[status].valueCode from CommunityStatusVS (required)
* extension[period].value[x] 1..1
* extension[period].value[x] only Period
* extension[period].valuePeriod.start 1..1
* extension[withdrawn].value[x] 1..1
* extension[withdrawn].value[x] only boolean
* extension[withdrawn] ^short = "True: only this status is taken back; without a period, every such status"

Invariant: s117-detention-whole
Description: "A period has a section and a start, unless it is withdrawn."
Severity: #error
Expression: "extension.where(url = 'withdrawn' and value = true).exists() or (extension.where(url = 'section').exists() and extension.where(url = 'period').exists())"

Invariant: s117-community-status-whole
Description: "A status has a start, unless it is withdrawn."
Severity: #error
Expression: "extension.where(url = 'withdrawn' and value = true).exists() or extension.where(url = 'period').exists()"

CodeSystem: CommunityStatusCS
Id: community-status
Title: "Status outside hospital under a Mental Health Act period"
Description: "What hangs off a detention while the person is not, or not wholly, in hospital. The same values as ZMH-8 of the HL7 v2 feed."
* ^experimental = false
* ^caseSensitive = true
* #CTO "Community treatment order" "MHA 1983 s17A"
* #CD "Conditional discharge" "MHA 1983 ss42, 73"
* #S17 "Leave of absence" "MHA 1983 s17"
* #RECALL "Recalled to hospital" "MHA 1983 ss17E, 42"
* #REVOKED "Community treatment order revoked" "MHA 1983 s17F"
* #AWOL "Absent without leave" "MHA 1983 s18"

ValueSet: CommunityStatusVS
Id: community-status
Title: "Status outside hospital under a Mental Health Act period"
Description: "All codes of the code system of the same name."
* ^experimental = false
* include codes from system CommunityStatusCS

Instance: s117-encounter-example
InstanceOf: Encounter
Usage: #example
Title: "What a hospital sends"
Description: "Section 2, then section 3, then informal, and home. UK Core's extension shows only the first and the last."
* identifier.system = "https://fhir.rxt.nhs.uk/Id/Encounter"
* identifier.value = "V7001"
* status = #finished
* class = http://terminology.hl7.org/CodeSystem/v3-ActCode#IMP
* subject.identifier.system = $nhs-number
* subject.identifier.value = "9990000018"
* period.start = "2025-12-18T20:00:00Z"
* period.end = "2026-03-01T10:00:00Z"
* serviceProvider.identifier.system = $ods
* serviceProvider.identifier.value = "RXT"
* hospitalization.dischargeDisposition = https://fhir.hl7.org.uk/CodeSystem/UKCore-DischargeDestinationEngland#19
* extension[0].url = "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-LegalStatus"
* extension[0].extension[0].url = "legalStatusContext"
* extension[0].extension[0].valueCodeableConcept = https://fhir.hl7.org.uk/CodeSystem/UKCore-LegalStatusContext#admission
* extension[0].extension[1].url = "legalStatusClassification"
* extension[0].extension[1].valueCodeableConcept = $legal-england#02
* extension[1].url = Canonical(S117Detention)
* extension[1].extension[0].url = "identifier"
* extension[1].extension[0].valueIdentifier.system = "https://fhir.rxt.nhs.uk/Id/mha-period"
* extension[1].extension[0].valueIdentifier.value = "MHA-3001"
* extension[1].extension[1].url = "section"
* extension[1].extension[1].valueCoding = $legal-england#03
* extension[1].extension[2].url = "period"
* extension[1].extension[2].valuePeriod.start = "2026-01-05T14:30:00Z"
* extension[1].extension[2].valuePeriod.end = "2026-02-20T12:00:00Z"
* extension[1].extension[3].url = "council"
* extension[1].extension[3].valueIdentifier.system = $gss
* extension[1].extension[3].valueIdentifier.value = "E08000025"
* extension[1].extension[4].url = "commissioner"
* extension[1].extension[4].valueIdentifier.system = $ods
* extension[1].extension[4].valueIdentifier.value = "QHL"
