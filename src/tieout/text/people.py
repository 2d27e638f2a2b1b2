"""Words for those who are counted: patients, and what stands for them."""

from __future__ import annotations

PEOPLE = (
    r"patients?|pts?|cases?|subjects?|individuals?|participants?|persons?|people|wom[ae]n|m[ae]n|males?"
    r"|females?|girls?"
    r"|boys?|children|infants?|neonates?|newborns?|adults?|adolescents?|survivors?|volunteers?|responders?"
    r"|donors?"
    r"|recipients?|controls?|respondents?|students?|residents?|eyes|dogs|cats|tumou?rs|lesions|physicians"
    r"|nurses"
    r"|octogenarians|mothers|fathers|veterans|smokers|users|carriers|animals|mice|rats|specimens|samples"
    r"|hips|knees"
)
