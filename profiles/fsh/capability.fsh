RuleSet: ConditionalPut(type, profile)
* rest[=].resource[+].type = #{type}
* rest[=].resource[=].supportedProfile = "https://aftercare-bridge.example/fhir/StructureDefinition/{profile}"
* rest[=].resource[=].interaction[+].code = #read
* rest[=].resource[=].interaction[+].code = #update
* rest[=].resource[=].interaction[+].code = #search-type
* rest[=].resource[=].versioning = #versioned-update
* rest[=].resource[=].conditionalUpdate = true
* rest[=].resource[=].searchParam[+].name = "identifier"
* rest[=].resource[=].searchParam[=].type = #token

Instance: s117-council-server
InstanceOf: CapabilityStatement
Usage: #definition
Title: "What a receiver's FHIR server must support"
Description: "The least that a council's or ICB's FHIR R4 server needs in order to be told."
* url = "https://aftercare-bridge.example/fhir/CapabilityStatement/s117-council-server"
* version = "0.1.0"
* name = "Section117CouncilServer"
* title = "What a receiver's FHIR server must support"
* status = #draft
* experimental = false
* date = "2026-11-21"
* publisher = "Aftercare Bridge"
* description = "The least that a council's or ICB's FHIR R4 server needs in order to be told: transactions with conditional create and conditional update by identifier. If-Match (412 on a stale version) is used wherever the server gives versions."
* kind = #requirements
* fhirVersion = #4.0.1
* format[0] = #json
* rest[+].mode = #server
* rest[=].documentation = "A version arrives as one transaction Bundle: POST Patient with ifNoneExist on the NHS number, then a conditional PUT by identifier of each EpisodeOfCare, Flag and CarePlan. The same Bundle may arrive again; it must change nothing."
* rest[=].interaction[+].code = #transaction
* rest[=].resource[+].type = #Patient
* rest[=].resource[=].supportedProfile = "https://aftercare-bridge.example/fhir/StructureDefinition/s117-patient"
* rest[=].resource[=].interaction[+].code = #create
* rest[=].resource[=].interaction[+].code = #search-type
* rest[=].resource[=].conditionalCreate = true
* rest[=].resource[=].searchParam[+].name = "identifier"
* rest[=].resource[=].searchParam[=].type = #token
* insert ConditionalPut(EpisodeOfCare, s117-episode-of-care)
* insert ConditionalPut(Flag, s117-flag)
* insert ConditionalPut(CarePlan, s117-care-plan)
