"""The letter draft of the sample practice: a first letter with four words that do not belong there."""

DRAFT = """\
Dear Dr. Adeyemi,

I am a Medical Exercise Specialist in Fairfield. I work with adults who have finished medical care or physical \
therapy and want to regain everyday function through structured, measured exercise.

Our therapy sessions are held two or three times a week and follow a written plan of exercise. We treat clients \
with type 2 diabetes who tire on stairs, lose their balance when turning, or have given up walking to the shops. \
Each person is measured at the start and every 30 days, and you receive a one-page report before your next visit \
with the client. We guarantee better results within 90 days.

I do not diagnose, treat, or provide therapy. My work supports medical care and physical therapy and does not \
replace either one; when something changes, the client comes back to you the same day.

Written referrals are welcome on the enclosed form. It asks for the diagnosis and ICD-10 code as you state them, \
any limits you set, and your confirmation that the person has moved out of medical treatment. My personal \
training background of eleven years is described on the enclosed page.

With kind regards,

{{my_name}}

Enclosures: service overview (one page), referral form
"""
