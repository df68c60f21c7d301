"""The whole chain through one object: deal → events → weakness → actions → promises → proof → later deals.

It is told a weakness at a time, since a weakness is where the events of several deals meet and where the actions begin.
Each step is read through its own `visible_to`, so that what somebody may not read looks absent; what is cut says how
much there is besides. In how many losses a weakness was seen is counted in standard reviews only, for everybody.
"""
