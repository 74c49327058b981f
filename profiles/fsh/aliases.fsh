Alias: $nhs-number = https://fhir.nhs.uk/Id/nhs-number
Alias: $ods = https://fhir.nhs.uk/Id/ods-organization-code
Alias: $gss = https://aftercare-bridge.example/fhir/sid/gss
Alias: $sid-flag = https://aftercare-bridge.example/fhir/sid/flag
Alias: $sid-care-plan = https://aftercare-bridge.example/fhir/sid/care-plan
Alias: $sid-episode = https://aftercare-bridge.example/fhir/sid/episode
Alias: $flag-category = http://terminology.hl7.org/CodeSystem/flag-category
Alias: $data-operation = http://terminology.hl7.org/CodeSystem/v3-DataOperation
