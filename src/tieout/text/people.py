"""Words for those who are counted: patients, and what stands for them."""

from __future__ import annotations

PEOPLE = (
    r"patients?|pts?|cases?|subjects?|individuals?|participants?|persons?|people|wom[ae]n|m[ae]n"
    r"|males?|females?|girls?|boys?|children|infants?|neonates?|newborns?|adults?|adolescents?"
    r"|survivors?|volunteers?|responders?|donors?|recipients?|controls?|respondents?|students?"
    r"|residents?|eyes|dogs|cats|tumou?rs|lesions|physicians|nurses|octogenarians|mothers|fathers"
    r"|veterans|smokers|users|carriers|animals|mice|rats|specimens|samples|hips|knees"
)
