"""What may happen at the desk of scene.py: each deed finds or makes what it needs, or is refused."""

_NAMES = """
AgentChanged AgentRevoked AgentStateChanged AsideReceived CalendarChanged CallbackClosed CallbackDialled CallbackDue
CallbackMoved CallbackRequested CallbackTermsChanged CallbackTried CannedChanged CapacityFreed ChatEnded ChatRated
ComplaintAcknowledged ComplaintCategoriesChanged ComplaintDecided ComplaintFiled CorrespondenceChanged CustomerChanged
LiveBegan LiveEnded MailDelayed MailFailed MailQueued MailSent MailUncertain MailboxChanged MessageReceived
MessageSent MessagesSeen NeedsRelaxed NoteAdded OfferAccepted OfferDeclined OfferExpired OfferMade OfferRevoked
PlacementsChanged PolicyChanged PresenceChanged PriorityChanged QueueChanged QueueFull SessionBegan SessionEnded
SiteChanged SkillsChanged SlaBreached SlaChanged SlaPaused SlaResumed SlaStepReached SlaWarned StatusChanged
StatusNamesChanged SubjectChanged TicketAssigned TicketMoved TicketOpened TicketReleased TicketReopened TicketResolved
TicketSnoozed TicketWoken VisitorCame VisitorLeft WaitsTold
"""
COME_OF_THEM = frozenset(_NAMES.split())
"""The kinds of events that all of them together bring about, in whatever order. Others are told singly."""
