Profile: S117EpisodeOfCare
Parent: EpisodeOfCare
Id: s117-episode-of-care
Title: "Section 117 aftercare episode"
Description: "One span of the council's duty: from leaving hospital until both bodies decide, death, or the next detention under a qualifying section. The Flag and the plan hang on it."
* obeys s117-episode-status and s117-episode-from and s117-episode-legal-basis and s117-about and s117-nhs-number and s117-bodies
* extension contains
    S117RecordVersion named recordVersion 1..1 MS and
    S117ResponsibleBody named responsibleBody 0..2 MS and
    S117LegalBasis named legalBasis 0..* 
* extension[recordVersion].url MS
* insert OurIdentifier($sid-episode)
* status MS
* type 1..* MS
* diagnosis 0..0
* insert PersonByNhsNumber(patient)
* managingOrganization MS
* managingOrganization ^short = "The responsible council, by ODS code; absent while nobody is known or several dispute it"
* period MS

Invariant: s117-episode-status
Description: "The status is one that the register gives."
Severity: #error
Expression: "status = 'planned' or status = 'active' or status = 'onhold' or status = 'finished' or status = 'entered-in-error'"

Invariant: s117-episode-from
Description: "An episode that has begun says from which day."
Severity: #error
Expression: "(status = 'active' or status = 'onhold') implies period.start.exists()"

Invariant: s117-episode-legal-basis
Description: "A legal basis is one of the code system's."
Severity: #error
Expression: "extension.where(url = 'https://aftercare-bridge.example/fhir/StructureDefinition/s117-legal-basis').all(extension.where(url = 'basis').value.matches('^(s3|s37|s37-41|s45A|s47|s47-49|s48|s48-49|cpia-hospital-order|other-confirmed)$'))"
