Profile: S117Patient
Parent: Patient
Id: s117-patient
Title: "Person, as sent"
Description: "NHS number, name, birth date and no more. Created only where the receiver holds nobody with that NHS number; what the receiver holds itself is never overwritten."
* obeys s117-patient-nhs-number
* identifier 1..1 MS
* identifier.system 1..1
* identifier.system = $nhs-number
* identifier.value 1..1
* name 0..1 MS
* birthDate MS
* active 0..0
* telecom 0..0
* gender 0..0
* deceased[x] 0..0
* address 0..0
* maritalStatus 0..0
* multipleBirth[x] 0..0
* photo 0..0
* contact 0..0
* communication 0..0
* generalPractitioner 0..0
* managingOrganization 0..0
* link 0..0

Invariant: s117-patient-nhs-number
Description: "The NHS number has ten digits."
Severity: #error
Expression: "identifier.value.matches('^[0-9]{10}$')"
