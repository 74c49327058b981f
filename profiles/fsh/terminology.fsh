CodeSystem: S117FlagCS
Id: s117-flag
Title: "Section 117 aftercare"
Description: "The one thing that our Flag, CarePlan and EpisodeOfCare are about. No SNOMED CT concept for entitlement to section 117 aftercare was found; a receiver may add its own coding beside this one."
* ^experimental = false
* ^caseSensitive = true
* #section-117-aftercare "Aftercare under section 117 of the Mental Health Act 1983"

CodeSystem: S117InactiveReasonCS
Id: s117-inactive-reason
Title: "Why a section 117 Flag is no longer active"
Description: "A Flag is never removed and never says that nobody is owed anything: it says why it is not this body's to act on."
* ^experimental = false
* ^caseSensitive = true
* #redetained "Detained again under a qualifying section" "The council's duty for this episode ended with the new detention; another episode follows it."
* #responsibility-moved "Another body is responsible" "Determined otherwise, or the body was succeeded. The person is still owed aftercare, by somebody else."
* #moved-within-council "The same council goes on with it in another of its systems" "The person is eighteen: the council's system for adults has it now. The duty and who owes it are unchanged."
* #joint-decision "Both bodies decided that aftercare is no longer needed" "MHA 1983 s117(2): the duty lasts until both are satisfied."
* #died "The person has died"
* #discharge-cancelled "The discharge was cancelled" "The person did not leave hospital after all; aftercare has not begun."

CodeSystem: S117StandingCS
Id: s117-standing
Title: "How firmly a responsible body is known"
Description: "Who is responsible is a separate question from whether anybody is: a dispute about who never changes whether."
* ^experimental = false
* ^caseSensitive = true
* #agreed "Agreed" "Determined by people."
* #provisional "Provisional" "Stated by a message or derived, not yet determined by people."
* #disputed "Disputed" "More than one body may be responsible; each candidate is named and told."
* #unknown "Unknown" "Nobody has said, and nothing was guessed."

CodeSystem: S117BodyKindCS
Id: s117-body-kind
Title: "The two bodies that owe section 117 aftercare"
Description: "MHA 1983 s117(2): the local social services authority and the NHS body, jointly."
* ^experimental = false
* ^caseSensitive = true
* #council "Council (local social services authority)"
* #icb "Integrated care board, or local health board in Wales"

CodeSystem: S117ReplyCS
Id: s117-reply
Title: "What a body answers to what it was told"
Description: "Task.businessStatus of the Task with which a council's or an ICB's system answers. No answer ends the duty, and none changes what the body is told: one that objects is a question for people."
* ^experimental = false
* ^caseSensitive = true
* #accepted "Accepted" "The body has taken up what it was told. The same as the status accepted, in-progress or completed alone."
* #accepted-responsibility-disputed "Accepted, responsibility disputed" "The body has taken it up, and disputes that it is the one that is responsible. Goes with the status accepted, in-progress or completed."
* #rejected "Rejected" "The body has not taken it up; Task.statusReason says why. The same as the status rejected alone."

CodeSystem: S117TaskOutputCS
Id: s117-task-output
Title: "What a body gives with its answer"
Description: "Task.output.type of the Task with which a council's or an ICB's system answers."
* ^experimental = false
* ^caseSensitive = true
* #case-id "Number of the case" "The body's own number of the case, as a string or an identifier."

CodeSystem: S117FundingCS
Id: s117-funding
Title: "Under which duty a planned service is paid for"
Description: "A service under section 117 may not be charged for."
* ^experimental = false
* ^caseSensitive = true
* #s117 "Section 117 of the Mental Health Act 1983"
* #care-act "Care Act 2014"
* #nhs "NHS, other than under section 117"

CodeSystem: S117LegalBasisCS
Id: s117-legal-basis
Title: "Detention that qualifies for section 117"
Description: "MHA 1983 s117(1). Sent only where the partnership has agreed to it, because a section can reveal an offence or a prison sentence."
* ^experimental = false
* ^caseSensitive = true
* #s3 "Section 3"
* #s37 "Section 37"
* #s37-41 "Section 37 with a section 41 restriction"
* #s45A "Section 45A"
* #s47 "Section 47"
* #s47-49 "Section 47 with a section 49 restriction"
* #s48 "Section 48"
* #s48-49 "Section 48 with a section 49 restriction"
* #cpia-hospital-order "Hospital order under the Criminal Procedure (Insanity) Act 1964"
* #other-confirmed "Another qualifying order, confirmed by a person"

ValueSet: S117InactiveReasonVS
Id: s117-inactive-reason
Title: "Why a section 117 Flag is no longer active"
Description: "All codes of the code system of the same name."
* ^experimental = false
* include codes from system S117InactiveReasonCS

ValueSet: S117StandingVS
Id: s117-standing
Title: "How firmly a responsible body is known"
Description: "All codes of the code system of the same name."
* ^experimental = false
* include codes from system S117StandingCS

ValueSet: S117BodyKindVS
Id: s117-body-kind
Title: "The two bodies that owe section 117 aftercare"
Description: "All codes of the code system of the same name."
* ^experimental = false
* include codes from system S117BodyKindCS

ValueSet: S117FundingVS
Id: s117-funding
Title: "Under which duty a planned service is paid for"
Description: "All codes of the code system of the same name."
* ^experimental = false
* include codes from system S117FundingCS

ValueSet: S117LegalBasisVS
Id: s117-legal-basis
Title: "Detention that qualifies for section 117"
Description: "All codes of the code system of the same name."
* ^experimental = false
* include codes from system S117LegalBasisCS
