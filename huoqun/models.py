"""Every table on one screen."""

from huoqun.activities.activity import Activity, Participation
from huoqun.activities.certificate import Certificate
from huoqun.activities.contribution import Contribution
from huoqun.activities.showcase import Showcase
from huoqun.activities.survey import Answer, Survey
from huoqun.base.job import Job
from huoqun.base.presence import Presence
from huoqun.content.brand_plan import BrandAim, BrandCount
from huoqun.content.feed import Feed
from huoqun.content.find import Find
from huoqun.content.guest import Guest, Visit
from huoqun.content.key_date import KeyDate
from huoqun.content.material import Edit, Material
from huoqun.content.slot import Slot
from huoqun.content.topic_bank import Topic
from huoqun.content.watchword import Scan, Sighting, Watchword
from huoqun.crew.inquiry import Inquiry, Ledger
from huoqun.crew.rota import Exchange, Handover, Offer, Rota, Shift, Wish
from huoqun.crew.target import Target
from huoqun.people.account import Account
from huoqun.people.alert import Alert
from huoqun.people.api_token import Token
from huoqun.people.audit import Entry
from huoqun.people.bell import Bell, Notice
from huoqun.people.branch import Branch
from huoqun.people.checkup import Checkup
from huoqun.people.code import Claim
from huoqun.people.consent import Consent
from huoqun.people.dealing import Dealing
from huoqun.people.deed import Deed
from huoqun.people.device import Device
from huoqun.people.enclosure import Enclosure
from huoqun.people.forgotten import Forgotten
from huoqun.people.founder import Founder
from huoqun.people.goal import Count, Goal
from huoqun.people.group import Group
from huoqun.people.honour import Honour, HonourRule
from huoqun.people.ladder import Ladder
from huoqun.people.login import Login
from huoqun.people.mark import Mark
from huoqun.people.membership import Membership
from huoqun.people.merge import Sameness
from huoqun.people.outbox import Outgoing
from huoqun.people.person import Identity, Naming, Person
from huoqun.people.picture import Picture
from huoqun.people.points import Posting, Purse
from huoqun.people.portrait import Portrait
from huoqun.people.prize import Prize
from huoqun.people.profile import Fact, Note, Tag, Title
from huoqun.people.research import Study
from huoqun.people.ring import Ring
from huoqun.people.roll import Roll
from huoqun.people.scheme import Scheme
from huoqun.people.segment import Segment
from huoqun.people.shop import Order, Ware
from huoqun.people.staff import Invitation, Staff
from huoqun.people.stretch import Stretch
from huoqun.people.tally import Tally
from huoqun.people.task import Task
from huoqun.people.trace import Trace
from huoqun.people.upload import Taken, Upload
from huoqun.people.view import View
from huoqun.people.voice import Voice
from huoqun.people.workspace import Workspace
from huoqun.playbooks.book_draft import Draft, Revision
from huoqun.playbooks.run import DueStep, Edition, Run
from huoqun.reports.report import Report

__all__ = [
    "Workspace",  # one client or brand
    "Account",  # somebody who logs in
    "Staff",  # what they are in a workspace
    "Invitation",  # a link that makes staff
    "Token",  # a key for a program
    "Entry",  # one line of the audit log
    "Group",  # one chat group
    "Alert",  # what its list should say of it
    "Branch",  # where it stands in the tree
    "Goal",  # what its members work towards
    "Count",  # so much more of it
    "Study",  # an entry of the research file
    "View",  # a list somebody asks for again
    "Mark",  # an event on its pulse
    "Person",  # one human
    "Identity",  # one account in one group
    "Naming",  # a name it bore
    "Membership",  # one stay
    "Trace",  # what it left in its group lately
    "Tally",  # the sums of one human
    "Segment",  # a rule over people
    "Ladder",  # the rule of a workspace's strata
    "Deed",  # something that happened to a person
    "Fact",  # something known of a person
    "Tag",  # a word staff put on them
    "Title",  # what a group calls them
    "Note",  # what staff wrote about them
    "Consent",  # a yes or a no of a person
    "Sameness",  # a decision that two are one, or are not
    "Forgotten",  # an erasure of a person, and its proof
    "Roll",  # a list of people from a spreadsheet
    "Dealing",  # something staff do with a person
    "Founder",  # what one of the first members was given
    "Upload",  # files on their way in
    "Taken",  # what they brought into a group
    "Checkup",  # a diagnosis of a day
    "Portrait",  # a group's network as last drawn
    "Stretch",  # what was measured of a period
    "Activity",  # what members take part in, of any kind
    "Participation",  # one person in one activity
    "Contribution",  # something they hand in within it
    "Login",  # a login outside that is a member
    "Certificate",  # that somebody finished one, with a number
    "Showcase",  # a page of one for everybody
    "Claim",  # who speaks for a member over links
    "Enclosure",  # a file that goes with what is said
    "Picture",  # what somebody sent to be seen
    "Purse",  # the points of one person
    "Posting",  # one change of them
    "Scheme",  # what a workspace settled of its rewards
    "HonourRule",  # by which a badge or a title is given
    "Honour",  # a badge or a title somebody has
    "Prize",  # what a sponsor gave
    "Ware",  # what points buy
    "Order",  # one who bought it
    "Outgoing",  # something to be said in a group
    "Voice",  # how a group is spoken to
    "Material",  # a piece of the library
    "Edit",  # what it was before a change
    "Slot",  # a piece in the calendar of a group
    "Feed",  # an address of news
    "Find",  # a candidate for the calendar
    "Topic",  # a topic worth a session
    "KeyDate",  # a day to plan for
    "Watchword",  # a word one wants to be told of
    "Scan",  # for which of them a group was looked through
    "Sighting",  # a message in which one fell
    "Guest",  # who can be asked to speak
    "Visit",  # one time that they came
    "BrandAim",  # an aim of the owner's plan
    "BrandCount",  # what was done of it
    "Task",  # something staff have to do
    "Bell",  # how somebody is told that something waits
    "Notice",  # what they were told of
    "Device",  # a browser of theirs that is told
    "Ring",  # a notification on its way to it
    "Edition",  # the text of a playbook as it is run
    "Draft",  # a playbook of a workspace's own as it is written
    "Revision",  # a text that it had
    "Run",  # a playbook at work in a group
    "DueStep",  # a step of it and when it is due
    "Rota",  # turns by which members run a group
    "Shift",  # one week of it
    "Offer",  # that somebody was asked for it
    "Wish",  # what a member wishes of the rota
    "Exchange",  # a swap of weeks, or a cover of days
    "Handover",  # the sheet of a week
    "Ledger",  # up to when questions are known
    "Inquiry",  # a question asked in a group lately
    "Target",  # how soon questions are to be answered
    "Report",  # what it did to its group
    "Survey",  # questions to some groups
    "Answer",  # what one person answered
    "Job",  # leased work
    "Presence",  # workers alive
]
