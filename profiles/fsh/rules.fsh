RuleSet: OurIdentifier(system)
* identifier 1..*
* identifier ^slicing.discriminator.type = #value
* identifier ^slicing.discriminator.path = "system"
* identifier ^slicing.rules = #open
* identifier contains ours 1..1 MS
* identifier[ours] ^short = "Given once, kept for life, never made from the NHS number"
* identifier[ours].system 1..1
* identifier[ours].system = {system}
* identifier[ours].value 1..1

RuleSet: PersonByNhsNumber(path)
* {path} 1..1 MS
* {path}.identifier 1..1 MS
* {path}.identifier ^short = "NHS number"
* {path}.identifier.system 1..1
* {path}.identifier.system = $nhs-number
* {path}.identifier.value 1..1

Invariant: s117-nhs-number
Description: "The person is named by a ten-digit NHS number."
Severity: #error
Expression: "(subject | patient).identifier.value.matches('^[0-9]{10}$')"

Invariant: s117-about
Description: "The resource is coded as section 117 aftercare."
Severity: #error
Expression: "(category | type).coding.where(system = 'https://aftercare-bridge.example/fhir/CodeSystem/s117-flag' and code = 'section-117-aftercare').exists()"

Invariant: s117-bodies
Description: "Every responsible body has a kind and a standing that the code systems know."
Severity: #error
Expression: "extension.where(url = 'https://aftercare-bridge.example/fhir/StructureDefinition/s117-responsible-body').all(extension.where(url = 'kind' and (value = 'council' or value = 'icb')).exists() and extension.where(url = 'standing' and (value = 'agreed' or value = 'provisional' or value = 'disputed' or value = 'unknown')).exists())"
